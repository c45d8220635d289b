import Foundation
import TestSupport
import Testing

/// A shop of digital music, as the Chinook database has it: names in mixed case, one invoice every few days.
private let music = """
  create table public."Artist" ("ArtistId" int primary key, "Name" varchar(120));
  create table public."Customer" ("CustomerId" int primary key, "LastName" varchar(20) not null, "Country" varchar(40));
  create table public."Invoice" (
    "InvoiceId" int primary key, "CustomerId" int not null references public."Customer",
    "InvoiceDate" timestamp not null, "BillingCountry" varchar(40), "Total" numeric(10,2) not null);
  create index on public."Invoice" ("CustomerId");
  insert into public."Customer" select n, 'Name ' || n, (array['Норвегия', 'Brazil', 'Canada'])[1 + n % 3]
    from generate_series(1, 59) n;
  insert into public."Invoice" select n, 1 + n % 59, timestamp '2022-01-01' + n * interval '4 days', 'Canada', 0.99 * (1 + n % 14)
    from generate_series(1, 412) n;
  create materialized view public.revenue_by_country as
    select "BillingCountry" as country, date_trunc('month', "InvoiceDate")::date as month, sum("Total") as total
    from public."Invoice" group by 1, 2;
  create unique index on public.revenue_by_country (country, month);
  """

@Suite("The first ten minutes")
struct StartTests {
  /// An empty folder, and a database that has never seen reportgen.
  private nonisolated(nonsending) func withEmptyFolder<R>(_ body: (CommandProject) async throws -> R)
    async throws -> R
  {
    try await withProject(published: false) { project in
      try FileManager.default.removeItem(atPath: project.folder + "/reports")
      try FileManager.default.removeItem(atPath: project.folder + "/reportgen.yaml")
      try project.write(music, to: "music.sql")
      _ = try project.onPrimary(try project.text("music.sql"))
      try FileManager.default.removeItem(atPath: project.folder + "/music.sql")
      try await project.database.waitForReplay()
      return try await body(project)
    }
  }

  private func files(_ project: CommandProject) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: project.folder).filter { path in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: "\(project.folder)/\(path)", isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }

  private func psql(_ project: CommandProject, _ file: String) throws {
    _ = try project.onPrimary(try project.text(file))
  }

  @Test("a newcomer gets from an empty folder to a published report and a dashboard in seven commands")
  func newcomer() async throws {
    try await withEmptyFolder { project in
      let primary = project.database.conninfo(.primary, user: "reportgen_writer")
      let replica = project.database.conninfo(.replica, user: "reportgen_reader")
      // 1: the reader may not read the table yet.
      var outcome = try await project.run(
        "start", "--primary", primary, "--replica", replica, "--timezone", "UTC", "--table", "public.Invoice")
      #expect(outcome.status == 0)
      try expectGolden(outcome.output + "---\n" + outcome.error, "start/missing.txt")
      try expectGolden(project.normalized(try project.text("reportgen.yaml")), "start/reportgen.yaml")
      try expectGolden(project.normalized(try project.text("roles.sql")), "start/roles.sql")
      // 2: the administrator.
      try psql(project, "roles.sql")
      try await project.database.waitForReplay()
      // 3 to 6
      outcome = try await project.run("new", "invoice", "--from", "public.Invoice")
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(
        try project.text("reports/invoice.yaml").hasPrefix(
          "# yaml-language-server: $schema=../schemas/report.schema.json\n"))
      #expect(FileManager.default.fileExists(atPath: project.folder + "/schemas/report.schema.json"))
      try await project.succeed("lint", "--online")
      try await project.succeed("init")
      try await project.succeed("run", "invoice")
      try project.expectRows(
        "reports.invoice", #"select * from public."Invoice" where "InvoiceDate" < '2026-11-01'"#)
      // 7
      #expect(
        try await project.succeed("superset", "bundle").hasPrefix(
          "1 database, 1 dataset, 2 charts, 0 dashboards\n"))
    }
  }

  @Test("where nothing is missing, start writes the first report and its dashboard")
  func ready() async throws {
    try await withEmptyFolder { project in
      _ = try project.onPrimary(
        #"grant usage on schema public to reportgen_reader; grant select on public."Invoice" to reportgen_reader"#
      )
      try await project.database.waitForReplay()
      let outcome = try await project.run(
        "start", "--primary", project.database.conninfo(.primary, user: "reportgen_writer"), "--replica",
        project.database.conninfo(.replica, user: "reportgen_reader"), "--timezone", "UTC", "--table",
        "public.Invoice")
      #expect(outcome.status == 0, "\(outcome.error)")
      try expectGolden(outcome.output + "---\n" + outcome.error, "start/ready.txt")
      #expect(try files(project) == outcome.output.split(separator: "\n").map(String.init).sorted())
      try await project.succeed("init")
      try await project.succeed("run", "invoice")
      #expect(
        try await project.succeed("superset", "bundle").hasPrefix(
          "1 database, 1 dataset, 2 charts, 1 dashboard\n"))
      let again = try await project.run("start", "--primary", "x", "--replica", "none")
      #expect(again.status == 64)
      #expect(
        again.error == """
          error: this folder has a project already
            detail: Nothing was changed.
            hint: "reportgen new NAME --from schema.table" adds a report to it.

          """)
    }
  }

  @Test("one server alone: a materialized view becomes a report that is read, published and verified there")
  func oneServer() async throws {
    try await withEmptyFolder { project in
      _ = try project.onPrimary("grant usage on schema public to reportgen_owner")
      let outcome = try await project.run(
        "start", "--primary", project.database.conninfo(.primary, user: "reportgen_writer"), "--replica",
        "none",
        "--timezone", "UTC", "--table", "public.revenue_by_country")
      #expect(outcome.status == 0, "\(outcome.error)")
      try expectGolden(outcome.output + "---\n" + outcome.error, "start/one-server.txt")
      try psql(project, "roles.sql")
      _ = try project.onPrimary(#"grant select on public."Invoice" to reportgen_owner"#)
      #expect(try await project.run("new", "revenue", "--matview", "public.revenue_by_country").status == 0)
      try await project.succeed("init")
      let run = try await project.succeed("run", "revenue")
      #expect(run.contains("revenue  confirmed  "))
      try project.expectRows("reports.revenue", "select * from public.revenue_by_country")
      try await project.succeed("verify", "revenue")
      let doctor = try await project.run("doctor").output
      #expect(doctor.contains("none: reports are read on the primary, and it alone keeps them"))
      #expect(!doctor.contains("the string leads to no replica") && !doctor.contains("confirm: replica"))
    }
  }

  @Test("with a replica: none neither on_lag nor confirm has a meaning")
  func withoutReplica() async throws {
    try await withDefinitions { project in
      try project.configure(replica: "none", primary: "service=x", more: "    confirm: replica")
      let outcome = try await project.run("lint")
      #expect(outcome.status == 65)
      #expect(
        outcome.error == """
          reportgen.yaml:8:5: error: "on_lag" does not go with "replica: none"
            hint: There is no replica to wait for; remove it.
          reportgen.yaml:9:5: error: "confirm" does not go with "replica: none"
            hint: There is no replica to wait for; remove it.

          """)
    }
  }

  @Test(
    "start writes nothing when a server is away, the two are no pair, an option is missing or holds a password"
  )
  func refusals() async throws {
    try await withEmptyFolder { project in
      let primary = project.database.conninfo(.primary, user: "reportgen_writer")
      for (name, options) in [
        ("option", []), ("away", ["--primary", "host=/nowhere user=x", "--replica", "none"]),
        (
          "pair",
          ["--primary", primary, "--replica", project.database.conninfo(.primary, user: "reportgen_reader")]
        ),
        ("password", ["--primary", primary + " password=x", "--replica", "none"]),
        ("zone", ["--primary", primary, "--replica", "none", "--timezone", "Mars/Base"]),
        (
          "table",
          ["--primary", primary, "--replica", "none", "--timezone", "UTC", "--table", "public.invoce"]
        ),
      ] {
        let outcome = try await project.run(["start"] + options)
        try expectGolden("exit \(outcome.status)\n\(outcome.error)", "start/error-\(name).txt")
      }
      #expect(try files(project) == [])
      try project.write("mine\n", to: ".gitignore")
      let outcome = try await project.run(
        "start", "--primary", primary, "--replica", "none", "--timezone", "UTC")
      #expect(
        outcome.status == 1 && outcome.error.contains("\".gitignore\": file exists"), "\(outcome.error)")
      #expect(try files(project) == [".gitignore"])
    }
  }

  @Test("on a terminal start asks for what no option says")
  func terminal() async throws {
    try await withEmptyFolder { project in
      let answers = [
        project.database.conninfo(.primary, user: "reportgen_writer"), "none", "Europe/Moscow", "",
      ]
      let input = "\(project.folder)/.answers"
      try project.write(answers.joined(separator: "\n") + "\n", to: ".answers")
      let shell = try Running(
        [
          "-c", #"script -qec "'$0' start --project '$1'" /dev/null < "$2""#, Reportgen.executable,
          project.folder, input,
        ],
        executable: "/bin/sh")
      let outcome = try await shell.outcome()
      #expect(outcome.status == 0, "\(outcome.output)")
      for question in ["Primary, a libpq", "Replica of it", "Time zone", "Table of a first report"] {
        #expect(outcome.output.contains(question), "\(outcome.output)")
      }
      let yaml = try project.text("reportgen.yaml")
      #expect(yaml.contains("timezone: Europe/Moscow ") && yaml.contains("replica: none"))
    }
  }
}
