import Foundation
import ReportExport
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Files for Excel show the published rows: of one report, and of several.
@Suite(.enabled(if: WorkbookReader.isInstalled, WorkbookReader.hint)) struct WorkbookFileTests {
  static let kinds = """
    create table src.kind (id int, i8 bigint, n numeric, n2 numeric(14,2), f8 float8, b boolean, d date, ts timestamp,
      tz timestamptz, t time, iv interval, note text, ean varchar(13), j jsonb, a text[], u uuid);
    grant select on src.kind to reportgen_reader;
    insert into src.kind values
      (1, 42, 1.50, -1234567.80, 0.1, true, '2026-11-22', '2026-11-22 04:30:12', '2026-11-22 04:30:12+03', '04:30',
        '1 mon 2 days', 'plain', '4601234567890', '{"a": 1}', '{a,"b c"}', '9f2c4e7a-1b3d-4f60-8182-93a4b5c6d7e8'),
      (2, 9223372036854775807, 12345678901234567890.123, 0, 1e300, false, '1900-01-01', '0044-03-15 12:00 BC',
        'infinity', '24:00', '-00:00:01', '=1+1', '0000000000000', null, '{}', null),
      (3, -999999999999999, 'NaN', 999999999999.99, 'Infinity', null, '-infinity', '2026-11-22 04:30:12.123456',
        '2026-11-22 04:30:12.5+00', '23:59:59.999', '100:00', E'tab\\tline\\ncr\\r <&> "_x0041_" ж 🛒', '42', '[]', null, null),
      (4, 1000000000000000, 0.0000000000000000000001, null, -2.5e-10, true, '9999-12-31', '1900-02-28 23:59:59',
        '1969-12-31 23:59:59+00', '00:00', null, E'\\x01', ' ', '"x"', array[null, ''], null),
      (5, null, 1000, null, 3, null, null, null, null, null, null, null, null, null, null, null),
      (6, 0, 0, 0, 0, false, '1970-01-01', '1970-01-01', '2000-06-15 12:00:00.001+04', '12:34:56.7', '0', '', '', 'null', '{""}', null);
    """

  static let kindSQL = """
    select kind.id, kind.i8, kind.n, kind.n2, kind.f8, kind.b, kind.d, kind.ts, kind.tz, kind.t, kind.iv, kind.note,
      kind.ean, kind.j, kind.a, kind.u
    from src.kind as kind
    """

  @Test("a workbook shows of every type what the server prints, streamed or read again")
  func everyType() async throws {
    try await withProject { project in
      try await project.execute(Self.kinds)
      try await project.define(
        "kind",
        """
        materialize: {as: table, table: reports.kind, unique_key: [id]}
        columns: {n2: {title: Amount, format: money}}
        export: {xlsx: {totals: {sum: [n2]}}}
        """, sql: Self.kindSQL)
      let outcome = try await project.publish("kind")
      let path = "\(project.output)/kind/\(project.today)/kind.xlsx"
      #expect(outcome.files.map { ($0 as NSString).lastPathComponent } == ["kind.xlsx", "manifest.json"])
      let book = try WorkbookReader(path)
      #expect(book.sheets.map(\.name) == ["kind", "About"])
      let sheet = try #require(book["kind"])
      #expect(sheet.filter == "A1:P7" && sheet.freeze == "A2" && sheet.links == 0)
      #expect(!sheet.cells.contains { $0.type == "f" })
      let rows = try await project.admin.query("select * from reports.kind order by id").values
      for (index, row) in rows.enumerated() {
        let shown = sheet.row(index + 2)
        for (column, value) in zip("ABCDEFGHIJKLMNOP", row) {
          let cell = shown[String(column)]
          let place = Comment(rawValue: "\(column)\(index + 2)")
          switch column {
          case "E": #expect(cell.flatMap(Double.init) == value.flatMap(Double.init), place)
          // Without the offset, which is the report's time zone's.
          case "I": #expect(cell == value.map { String($0.prefix { $0 != "+" }) }, place)
          default: #expect(cell ?? "" == value ?? "", place)
          }
        }
      }
      #expect(sheet.row(1)["I"] == "tz (Europe/Moscow)" && sheet.row(1)["D"] == "Amount")
      #expect(sheet.row(8) == ["A": "Total", "D": "999998765432.19"])
      // A code is a text, a number with too many digits, too.
      #expect(["M2", "B3", "C3", "N2", "H4"].allSatisfy { sheet[$0]?.type == "s" })
      #expect(["B2", "C2", "D2", "B4"].allSatisfy { sheet[$0]?.type == "n" })
      #expect(["G2", "H2", "I2", "J2", "I4", "J4"].allSatisfy { sheet[$0]?.type == "d" })

      let before = FileManager.default.contents(atPath: path)
      try FileManager.default.removeItem(atPath: "\(project.output)/kind/\(project.today)")
      try await project.export("kind")
      #expect(FileManager.default.contents(atPath: path) == before)
    }
  }

  @Test("a binary stream and the table give the same workbook, beside the same CSV")
  func binary() async throws {
    try await withProject { project in
      try await project.execute(FileTests.nasty)
      try await project.define(
        "sale",
        Definition.daily(
          "unique_key: [id]", export: "csv: {}, html: {totals: {sum: [amount], by: [currency]}}, xlsx: {}"))
      let outcome = try await project.publish("sale", Definition.day("2024-01-01"))
      let folder = "\(project.output)/sale/2024-01-01"
      #expect(
        outcome.files.map { ($0 as NSString).lastPathComponent } == [
          "sale.csv", "sale.xlsx", "sale.html", "manifest.json",
        ])
      let names = ["sale.csv", "sale.xlsx", "sale.html", "manifest.json"]
      let before = names.map { FileManager.default.contents(atPath: folder + "/" + $0) }
      let sheet = try #require(try WorkbookReader(folder + "/sale.xlsx")["sale"])
      #expect(sheet.row(3) == ["A": "2", "B": "2024-01-01", "C": "", "D": "2.50"])
      #expect(sheet.row(4) == ["A": "Total", "C": "", "D": "2.50"])
      #expect(sheet.row(5) == ["A": "Total", "C": "RUB", "D": "1.0"])
      try FileManager.default.removeItem(atPath: folder)
      try await project.export("sale")
      #expect(names.map { FileManager.default.contents(atPath: folder + "/" + $0) } == before)
    }
  }

  @Test("what Excel cannot hold is warned about, of a workbook and of a CSV for Excel")
  func warnings() async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, day, note) values (1, '2024-01-01', repeat('ж', 40000))")
      try await project.define(
        "sale", Definition.daily("unique_key: [id]", export: "csv: {excel: ru}, xlsx: {}"),
        sql: FileTests.sql + " where sale.day >= :start and sale.day < :end")
      let outcome = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(outcome.status == .done)
      #expect(
        outcome.text == """
          reports/sale.yaml: warning: "out/sale/2024-01-01/sale.csv" is more than Excel can open
            detail: Excel splits 1 of its values, which have more than 32767 letters.
            hint: "export.xlsx" writes a workbook that goes on with a second sheet.
          reports/sale.yaml: warning: "out/sale/2024-01-01/sale.xlsx" does not hold everything in one sheet
            detail: 1 values of the column "note" have more than 32767 letters, the most that a cell holds, and are cut; each has a mark at its end. The CSV file and the table have them whole.
          """)
    }
  }

  /// A run of some reports with a workbook of three.
  private func run(_ project: EngineProject, _ names: [String], exportAgain: Bool = false) async throws
    -> RunResult
  {
    var configuration = project.configuration(RunOptions())
    configuration.project.workbooks = [.init(name: "pack", reports: ["sale", "whole", "late"])]
    let graph = DependencyGraph(try project.reports())
    let selected = try Selection(patterns: names).apply(to: graph)
    let engine = RunEngine(configuration)
    return exportAgain
      ? await engine.exportAgain(selected, graph: graph) : await engine.run(selected, graph: graph)
  }

  @Test(
    "a workbook has a sheet a report, each as of its own run, and is owed until it shows what is published")
  func severalReports() async throws {
    try await withProject { project in
      try await project.execute(FileTests.nasty)
      let (yesterday, today) = (project.day(-1), project.today)
      try await project.execute("update src.sale set day = '\(yesterday)'")
      try await project.define("sale", Definition.daily("unique_key: [id]", start: yesterday))
      try await project.define(
        "whole", "materialize: {as: table, table: reports.whole}\nexport: {}",
        sql: "select sale.currency, count(*) as sales from src.sale as sale group by 1")
      try await project.define(
        "late", "materialize: {as: table, table: reports.late}\nexport: {csv: {}}", sql: "select 1 as one")

      let first = try await run(project, ["sale"])
      #expect(first.status == .done)
      let files = ["out/pack/\(today)/pack.xlsx", "out/pack/\(today)/manifest.json"]
      #expect(first.workbooks == files)
      #expect(RunSummary.text(first).hasSuffix("workbook  out/pack/\(today)/pack.xlsx\n"))
      let path = "\(project.output)/pack/\(today)/pack.xlsx"
      let partial = try WorkbookReader(path)
      #expect(partial.sheets.map(\.name) == ["sale", "About"])
      #expect(
        partial["About"]?.facts("Note")
          == Array(repeating: "Nothing is published of this report yet.", count: 2))

      #expect(try await run(project, ["sale"]).workbooks == [])
      #expect(try await run(project, ["whole", "late"]).workbooks == files)
      let book = try WorkbookReader(path)
      #expect(book.sheets.map(\.name) == ["sale", "whole", "late", "About"])
      #expect(
        book["sale"]?.cells.filter { $0.column == "A" }.map(\.shown) == ["id", "1", "2", "3", "4", "5"])
      #expect(book["late"]?.row(2) == ["A": "1"])
      #expect(book["About"]?.facts("As of").count == 3)
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: project.output + "/pack/latest")
          == today.description)

      let folder = try ExportFolder(output: project.output, report: "pack", interval: today.description)
      let manifest = try #require(try folder.manifest())
      #expect(manifest.reports?.map(\.report) == ["sale", "whole", "late"])
      #expect(manifest.reports?.map(\.sheets) == [["sale"], ["whole"], ["late"]])
      #expect(manifest.reports?.map(\.rows) == [5, 5, 1])
      let runs = try await project.rows(
        "select run_id from reportgen.report_run where state = 'confirmed' order by report")
      #expect(
        manifest.reports?.map(\.run).sorted() == runs.split(separator: "\n").map(String.init).sorted())

      // Gone, it comes with the next run of any of its reports; the bytes are the same.
      let bytes = FileManager.default.contents(atPath: path)
      try FileManager.default.removeItem(atPath: path)
      #expect(try await run(project, ["sale"]).workbooks == files)
      #expect(FileManager.default.contents(atPath: path) == bytes)
      #expect(try await run(project, ["late"], exportAgain: true).workbooks == files)
      #expect(FileManager.default.contents(atPath: path) == bytes)
    }
  }

  @Test(
    "a workbook that cannot be written fails the run, leaves the rows published, and comes with the next run")
  func unwritableWorkbook() async throws {
    try await withProject { project in
      try await project.define(
        "late", "materialize: {as: table, table: reports.late}\nexport: {csv: {}}", sql: "select 1 as one")
      try FileManager.default.createDirectory(atPath: project.output, withIntermediateDirectories: true)
      try project.write("out/pack", "a file where the folder should be")
      let result = try await run(project, ["late"])
      #expect(result.status == .failed && result.reports.first?.state == .confirmed)
      #expect(
        result.diagnostics.map(\.description) == [
          """
          error: could not open "out/pack": not a directory
            hint: A file stands where a folder has to be; move it away.
          """
        ])
      try FileManager.default.removeItem(atPath: project.output + "/pack")
      let next = try await run(project, ["late"])
      #expect(next.status == .done)
      #expect(next.workbooks.count == 2)
    }
  }
}
