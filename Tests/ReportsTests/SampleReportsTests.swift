import Foundation
import ReportDefinitions
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// The reports of this repository against an oracle that shares no code with us: psql, on the primary.
///
/// One after the other: the store's roles belong to the whole cluster, and two setups at once would both create them.
@Suite(.serialized) struct SampleReportsTests {
  @Test("every report publishes what psql computes from the same SQL for the same intervals")
  func oracle() async throws {
    try await withDatabase { database in
      try await temporaryDirectory { folder in
        let store = try await StoreProject(database, output: folder + "/out")
        #expect(store.reports.count == 11)
        let result = try await store.runAll()
        for outcome in result.reports {
          #expect(outcome.state == .confirmed, "\(outcome.report.name): \(outcome.diagnostics)")
          #expect(outcome.counts.read > 0, "\(outcome.report.name) is empty")
        }
        #expect(result.status == .done)
        for report in store.reports {
          let (lost, invented) = try await difference(store, report, in: folder)
          #expect(lost == 0, "rows that \(report.name) does not show")
          #expect(invented == 0, "rows of \(report.name) that psql does not compute")
          try await compareFile(store, report, in: folder)
          try await compareWithVariables(store, report, in: folder)
        }
        try await checkWorkbook(store, result, in: folder)

        let again = try await store.runAll()
        #expect(again.status == .done)
        for outcome in again.reports {
          let written = outcome.counts.inserted + outcome.counts.updated + outcome.counts.deleted
          #expect(written == 0, "\(outcome.report.name) changed without a reason")
        }
      }
    }
  }

  /// The store's workbook of three reports has, in English and in Russian, a sheet for each with its rows.
  private func checkWorkbook(_ store: StoreProject, _ result: RunResult, in folder: String) async throws {
    let workbook = try #require(store.project.workbooks.first)
    #expect(workbook.reports == ["sales-by-category", "sales-by-supplier", "sales-by-manufacturer"])
    #expect(result.workbooks.map { $0.split(separator: "/").last } == ["sales-by-all.xlsx", "manifest.json"])
    let path = "\(store.output)/\(workbook.name)/latest/\(workbook.name).xlsx"
    try expectSheets(
      [
        "Sales by category": "Category", "Sales by supplier": "Supplier",
        "Sales by manufacturer": "Manufacturer",
      ],
      month: "Month", about: "About", total: "Total", of: path, store, in: folder + "/en")
    let russian = try await store.export("sales-by-category", locale: "ru")
    #expect(russian.status == .done && russian.workbooks.count == 2)
    try expectSheets(
      [
        "Продажи по категориям": "Категория", "Продажи по поставщикам": "Поставщик",
        "Продажи по производителям": "Производитель",
      ], month: "Месяц", about: "О книге", total: "Итого", of: path, store, in: folder + "/ru")
  }

  /// - Parameter names: of the sheets, and of the column that the report of each goes by.
  private func expectSheets(
    _ names: [String: String], month: String, about: String, total: String, of path: String,
    _ store: StoreProject, in folder: String
  ) throws {
    guard LibreOffice.isInstalled else {
      return #expect(ProcessInfo.processInfo.environment["CI"] == nil, LibreOffice.hint)
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let sheets = try LibreOffice.sheets(of: path, in: folder)
    #expect(Set(sheets.keys) == Set(names.keys).union([about]))
    for (name, column) in names {
      let lines = (sheets[name] ?? "").split(separator: "\n").map {
        $0.split(separator: "\t", omittingEmptySubsequences: false)
      }
      #expect(lines.first?.prefix(3).first.map(String.init) == month && lines.first?[2] == column[...])
      let rows = lines.dropFirst().filter { $0.first?.first?.isNumber == true }
      #expect(rows.count > 10 && rows.allSatisfy { $0.count == lines[0].count })
      #expect(lines.last?.first == total[...])
    }
  }

  @Test("the reports' own tests pass, on a store with other rows")
  func definitionTests() async throws {
    try await withDatabase { database in
      try await temporaryDirectory { folder in
        let store = try await StoreProject(database, output: folder + "/out")
        let loaded = ProjectLoader(directory: StoreProject.directory).loadTests(store.reports)
        #expect(loaded.diagnostics == [])
        let servers = Servers(
          replica: "", primary: database.primary, owner: nil, timezone: store.project.timezone)
        let outcomes = try await TestRunner(servers: servers, reader: "reportgen_reader")
          .run(loaded.value, graph: DependencyGraph(store.reports)) { _ in }
        for outcome in outcomes where outcome.state != .passed {
          Issue.record("\(TestSummary.text(outcome))\n\(outcome.diagnostics)")
        }
        #expect(loaded.value.count > 3 && outcomes.count > 15)
      }
    }
  }

  /// Rows of psql that are not published, and published ones that are not psql's, EXCEPT ALL both ways.
  private func difference(_ store: StoreProject, _ report: Report, in folder: String) async throws -> (
    Int, Int
  ) {
    let table = try #require(report.materialization.table).quoted
    var script = "create temporary table expected as table \(table) with no data;\n"
    for interval in try await store.published(report) {
      let sql = report.filledSQL(interval: interval, timezone: store.project.timezone)
      script += "insert into expected select * from (\n\(sql)\n) computed;\n"
    }
    script += """
      select count(*) from (select e::text from expected e except all select t::text from \(table) t) lost;
      select count(*) from (select t::text from \(table) t except all select e::text from expected e) invented;
      """
    let file = folder + "/\(report.name).oracle.sql"
    try Data(script.utf8).write(to: URL(fileURLWithPath: file))
    let counts = try await store.run(["-q", "-f", file]).split(separator: "\n").map { Int($0) ?? -1 }
    try #require(counts.count == 2)
    return (counts[0], counts[1])
  }

  /// The newest CSV file against PostgreSQL's own COPY of the published rows.
  private func compareFile(_ store: StoreProject, _ report: Report, in folder: String) async throws {
    let table = try #require(report.materialization.table).quoted
    var condition = ""
    if let interval = try await store.published(report).last ?? nil,
      let column = report.materialization.timeColumn
    {
      condition = " where \(column) >= '\(interval.start)' and \(column) < '\(interval.end)'"
    }
    let order = report.fileOrder.map { SQLQuote.identifier($0.column) + ($0.descending ? " desc" : "") }
    #expect(!order.isEmpty, "\(report.name) has no order")
    let copy =
      "copy (select * from \(table)\(condition) order by \(order.joined(separator: ", "))) to stdout (format csv, header)"
    let expected = try await store.run(["-c", copy])
    let file = "\(store.output)/\(report.name)/latest/\(report.name).csv"
    #expect(FileManager.default.contents(atPath: file) == Data(expected.utf8), "\(report.name).csv")
  }

  /// The file itself in psql, its bounds as variables, as its users run it.
  private func compareWithVariables(_ store: StoreProject, _ report: Report, in folder: String) async throws {
    let table = try #require(report.materialization.table).quoted
    var arguments = ["--csv", "-P", "tuples_only=off", "-f", report.sqlFile]
    var condition = ""
    if let interval = try await store.published(report).last ?? nil {
      arguments += ["-v", "start=date '\(interval.start)'", "-v", "end=date '\(interval.end)'"]
      let column = try #require(report.materialization.timeColumn)
      condition = " where \(column) >= '\(interval.start)' and \(column) < '\(interval.end)'"
    }
    let printed = folder + "/\(report.name).psql.csv"
    try Data(try await store.run(arguments).utf8).write(to: URL(fileURLWithPath: printed))
    let script = folder + "/\(report.name).compare.sql"
    let text = """
      create temporary table expected as table \(table) with no data;
      \\copy expected from '\(printed)' csv header
      create temporary view published as select * from \(table)\(condition);
      select count(*) from expected;
      select count(*) from (
        (select e::text from expected e except all select t::text from published t)
        union all (select t::text from published t except all select e::text from expected e)
      ) different;
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: script))
    let counts = try await store.run(["-q", "-f", script]).split(separator: "\n").map(String.init)
    #expect(counts.last == "0", "\(report.name) in psql with variables")
    #expect(counts.first != "0", "\(report.name) in psql gave no row")
  }
}
