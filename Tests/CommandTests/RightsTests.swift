import TestSupport
import Testing

/// Each error names the statement that mends it; the test runs that statement, and then the command works.
@Suite("Missing rights")
struct RightsTests {
  @Test(
    "on the replica the missing GRANT is named",
    arguments: [
      ("reader-schema", "revoke usage on schema shop from reportgen_reader"),
      ("reader-table", "revoke select on shop.sale from reportgen_reader"),
      (
        "reader-both",
        "revoke usage on schema shop from reportgen_reader; revoke select on shop.sale from reportgen_reader"
      ),
      ("reader-ledger", "revoke select on reportgen.run from reportgen_reader"),
      ("reader-ledger-schema", "revoke usage on schema reportgen from reportgen_reader"),
      ("row-security", "alter table shop.sale enable row level security"),
    ])
  func reader(name: String, revoke: String) async throws {
    try await withProject { project in try await expectMending(project, name, revoke, "run", "total") }
  }

  @Test(
    "on the primary the missing right is named",
    arguments: [
      ("owner-table", "alter table reports.total owner to postgres"),
      ("owner-staging", "alter schema reportgen_staging owner to postgres"),
      ("owner-ledger-schema", "alter schema reportgen owner to postgres"),
      ("owner-ledger", "alter table reportgen.report_run owner to postgres"),
      ("owner-interval", "alter table reportgen.interval owner to postgres"),
    ])
  func owner(name: String, revoke: String) async throws {
    try await withProject { project in try await expectMending(project, name, revoke, "run", "total") }
  }

  @Test("a new table needs its schema")
  func newTable() async throws {
    try await withProject { project in
      try project.report("gated", sql: Samples.gatedSQL, Samples.gatedYAML)
      try await expectMending(
        project, "owner-target", "alter schema reports owner to postgres", "run", "gated")
    }
  }

  @Test("a check that reads another table needs it on the primary")
  func relationships() async throws {
    try await withProject { project in
      _ = try project.onPrimary(
        "create table shop.item (name text); insert into shop.item values ('Чай'), ('Mug')")
      let check = "\nchecks:\n  - relationships: {column: item, to: shop.item, field: name}"
      try project.report("total", sql: Samples.totalSQL, Samples.totalYAML + check)
      try await expectMending(project, "owner-relationship", "select", "run", "total")
    }
  }

  @Test("a summary table that the reader may not see is published, its files are owed")
  func export() async throws {
    try await withProject { project in
      _ = try project.onPrimary("revoke select on reports.total from reportgen_reader")
      try await project.expectFault("reader-summary", "run", "total", unchanged: false)
      #expect(try project.rows(of: "reports.total").contains("Mug,107.00,2"))
      _ = try project.onPrimary("grant select on reports.total to reportgen_reader")
      try await project.succeed("run", "total")
    }
  }

  @Test(
    "verify names what it may not read",
    arguments: [
      ("verify-source", "revoke select on shop.sale from reportgen_reader"),
      ("verify-table", "revoke select on reports.total from reportgen_reader"),
      ("verify-ledger", "revoke select on reportgen.interval from reportgen_reader"),
    ])
  func verify(name: String, revoke: String) async throws {
    try await withProject { project in
      try await project.succeed("run", "total")
      try await expectMending(project, name, revoke, "verify", "total")
    }
  }

  @Test(
    "init names what its role lacks",
    arguments: [
      ("init-database", "revoke create on database DATABASE from reportgen_owner"),
      ("init-schema", "create schema reportgen; create schema reports"),
    ])
  func setup(name: String, revoke: String) async throws {
    try await withProject(published: false) { project in
      try await expectMending(
        project, name, revoke.replacing("DATABASE", with: project.database.name), "init")
      try await project.succeed("run", "total")
    }
  }

  @Test("init leaves tables of others in the schema of the reports alone")
  func othersTables() async throws {
    try await withProject { project in
      _ = try project.onPrimary("create table reports.of_others (secret text)")
      try await project.succeed("init")
      #expect(
        try project.onPrimary("select has_table_privilege('reportgen_reader', 'reports.of_others', 'select')")
          == "f")
    }
  }

  @Test("a role that may not connect or not become the owner is told the GRANT")
  func connect() async throws {
    try await withProject { project in
      _ = try project.onPrimary("create role stranger login")
      try project.configure(primary: project.database.conninfo(.primary, user: "stranger"))
      try await expectMending(project, "owner-membership", "select", "run", "total")
      let name = project.database.name
      let revoke = "revoke connect on database \(name) from public"
      try await expectMending(project, "connect", revoke, "run", "total")
    }
  }
}

/// Takes something away, sees the command fail as recorded, does what its hints say, and sees it work.
private func expectMending(
  _ project: CommandProject, _ name: String, _ revoke: String, _ arguments: String...,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  _ = try project.onPrimary(revoke)
  try await project.database.waitForReplay()
  let isPublished = arguments.first == "run"
  let before = isPublished ? try project.state() : nil
  var texts: [String] = []
  for _ in 0..<4 {
    let outcome = try await project.start(arguments).outcome()
    if outcome.status == 0 { break }
    texts.append("exit \(outcome.status)\n\(project.normalized(outcome.error))")
    if let before {
      #expect(try project.state().changes(since: before) == [], sourceLocation: sourceLocation)
    }
    guard let hint = outcome.error.components(separatedBy: "as a superuser: ").dropFirst().first else {
      break
    }
    let statements = String(hint.prefix { $0 != "\n" })
    _ = try project.onPrimary(statements)
    try await project.database.waitForReplay()
  }
  try expectGolden(texts.joined(), "faults/rights-\(name).txt", sourceLocation: sourceLocation)
  let last = try await project.run(arguments)
  #expect(last.status == 0 && last.error == "", "\(last.error)", sourceLocation: sourceLocation)
}
