import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Checks read the staged rows: what they refuse is seen by nobody.
@Suite struct CheckTests {
  static let checks = [
    "not_null: [currency]", "unique: [note]", "range: {column: amount, min: 0, max: 100}",
    "accepted_values: {column: currency, values: [RUB, USD]}", "rows: {max: 5}",
    "relationships: {column: currency, to: reports.currency, field: code}",
    "sql: select id, amount from :staging where amount < 0 order by id",
    """
    reconcile:
          staging: select count(*) as rows, sum(amount) as amount from :staging where amount >= 0
          source: select count(*) as rows, sum(sale.amount) as amount from src.sale as sale where sale.day >= :start and sale.day < :end
    """,
  ]

  /// A good day, then twelve rows that break every check.
  private static func broken(_ project: EngineProject, _ check: String) async throws {
    try await project.define(
      "sale",
      Definition.daily("unique_key: [id]", export: "csv: {}, html: {}", rest: "checks:\n  - \(check)"),
      sql: """
        select sale.id, sale.day, sale.currency, sale.amount, sale.note
        from src.sale as sale
        where sale.day >= :start and sale.day < :end
        """)
    try await project.execute(
      """
      create table reports.currency (code text);
      insert into reports.currency values ('RUB'), ('USD');
      grant select on reports.currency to reportgen_owner;
      insert into src.sale (id, day, currency, amount, note) values (1, '2024-01-01', 'RUB', 1, 'one')
      """)
    try await project.publish("sale", Definition.day("2024-01-01"))
    try await project.execute(
      """
      insert into src.sale (id, day, currency, amount, note)
        select n, '2024-01-01', case when n < 14 then 'A' || n end, -n, 'note ' || n / 2 from generate_series(2, 25) n
      """)
  }

  @Test("a failed check leaves rows and files as they were, and names ten keys at most")
  func failing() async throws {
    var found: [String] = []
    for check in Self.checks {
      try await withProject { project in
        try await Self.broken(project, check)
        let rows = try await project.versions(of: "reports.sale")
        let files = try Files(project.output)
        let outcome = try await project.run("sale", Definition.day("2024-01-01"))
        #expect(outcome.status == .failed)
        #expect(outcome.state == .failed)
        #expect(try await project.versions(of: "reports.sale") == rows)
        #expect(try Files(project.output) == files)
        #expect(try await project.intervals("sale") == "2024-01-01|confirmed|1")
        #expect(
          try await project.rows(
            "select state, error from reportgen.report_run order by started_at desc limit 1")
            == "failed|\(outcome.diagnostics[0].message)")
        found.append("# \(check)\n\(outcome.text)\n")
      }
    }
    try expectGolden(found.joined(separator: "\n"), "engine/failed-checks.txt")
  }

  @Test(
    "a check that only warns publishes, and says what it found",
    arguments: ["range", "unique", "sql", "reconcile"])
  func warning(_ kind: String) async throws {
    let check = try #require(Self.checks.first { $0.hasPrefix(kind) })
    let warning: String
    switch kind {
    case "range": warning = "range: {column: amount, min: 0, max: 100, severity: warn}"
    case "unique": warning = "unique: {columns: [note], severity: warn}"
    case "sql":
      warning = "sql: {query: 'select id, amount from :staging where amount < 0 order by id', severity: warn}"
    default: warning = check + "\n      severity: warn"
    }
    try await withProject { project in
      try await Self.broken(project, warning)
      let outcome = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(outcome.status == .done)
      #expect(outcome.state == .confirmed)
      #expect(outcome.diagnostics.map(\.severity) == [.warning])
      #expect(outcome.text.contains("warning: check \(kind)"))
      #expect(!outcome.text.contains("What was published before is unchanged"))
      #expect(try await project.count("select from reports.sale") == 25)
    }
  }

  @Test(
    "rows outside of the interval, or in none at all, are never published",
    arguments: ["2024-01-03", "2023-12-31", "null"])
  func outside(_ day: String) async throws {
    try await withProject { project in
      let value = day == "null" ? "null::date" : "date '\(day)'"
      try await project.define(
        "sale", Definition.daily(),
        sql: """
          select 1 as id, :start as day
          union all
          select 2, \(value) where :end > :start
          """)
      let outcome = try await project.run("sale", Definition.range("2024-01-01", "2024-01-03"))
      #expect(outcome.status == .failed)
      #expect(
        outcome.text.contains(
          "reports/sale.sql: error: 2 staged rows have a \"day\" that is null or outside of the interval"))
      #expect(try await project.count("select from pg_tables where schemaname = 'reports'") == 0)
      #expect(try await project.intervals("sale") == "")
    }
  }

  @Test("the first failed check of a new table leaves no table")
  func firstRun() async throws {
    try await withProject { project in
      try await project.execute("insert into src.sale (id, day, amount) values (1, '2024-01-01', -1)")
      try await project.define("sale", Definition.daily(rest: "checks: [{range: {column: amount, min: 0}}]"))
      let outcome = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(outcome.status == .failed)
      #expect(try await project.count("select from pg_tables where schemaname = 'reports'") == 0)
      #expect(try Files(project.output).names == [])
    }
  }

  @Test("a check whose statement is wrong says where it stands and publishes nothing")
  func wrongCheck() async throws {
    try await withProject { project in
      try await project.define(
        "sale", Definition.daily(rest: "checks:\n  - sql: select nothing from :staging"))
      let outcome = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(outcome.status == .failed)
      #expect(
        outcome.text.masked
          == """
          reports/sale.yaml:7:5: error: check could not run: column "nothing" does not exist (SQLSTATE 42703)
            detail: Nothing was published.
          """.masked)
      #expect(try await project.intervals("sale") == "")
    }
  }
}

/// Every file below a folder with its content and time, to see that none was touched.
struct Files: Hashable {
  var names: [String]
  var contents: [Data]
  var times: [Date]

  init(_ folder: String) throws {
    let manager = FileManager.default
    let all = manager.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    var isFolder: ObjCBool = false
    names = all.filter {
      manager.fileExists(atPath: "\(folder)/\($0)", isDirectory: &isFolder) && !isFolder.boolValue
        && !$0.hasSuffix("index.html")
    }.sorted()
    contents = names.map { manager.contents(atPath: "\(folder)/\($0)") ?? Data() }
    times = try names.map {
      try manager.attributesOfItem(atPath: "\(folder)/\($0)")[.modificationDate] as? Date ?? .distantPast
    }
  }
}
