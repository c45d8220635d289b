import Foundation
import PostgresClient
import ReportExport
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Values other than the defaults: files of their own, and nothing else changes.
@Suite struct ParameterTests {
  static let yaml = """
    period: day
    start: 2024-01-01
    parameters:
      регион: {type: text, default: RU}
      ids: {type: "integer[]", default: [1, 2]}
      since: {type: date, default: 2024-01-01}
      share: {type: numeric, default: 0.5}
      is_net: {type: boolean, default: true}
      at: {type: timestamptz, default: null}
      words: {type: "text[]", default: []}
    materialize: {as: incremental, table: reports.echo, time_column: day, unique_key: [day]}
    export: {csv: {}, html: {}}
    """

  /// One row that says which values were used.
  static let sql = """
    select :start as day, :регион as region, :ids::text as ids, :since as since, :share as share, :is_net as is_net,
      coalesce(:at::text, 'never') as at, :words::text as words
    where :start < :end
    """

  static let combinations: [[String: Parameter.Value]] = [
    ["регион": .scalar("EU")],
    ["регион": .scalar("EU"), "share": .scalar("0.25")],
    ["share": .scalar("-1e3"), "is_net": .scalar("false"), "since": .scalar("2023-12-31")],
    [
      "at": .scalar("2026-11-22T08:00:00+03"), "ids": .list([]),
      "words": .list(["NULL", "null", "", "a,b", "{}"]),
    ],
    ["регион": .scalar("")], ["регион": .scalar("null")], ["регион": .scalar("RU ")],
    ["регион": .scalar("ru")],
    ["регион": .scalar("../../etc/passwd")], ["регион": .scalar("/")], ["регион": .scalar("..")],
    ["регион": .scalar("line\nfeed\ttab\\N\\.")], ["регион": .scalar("'; drop table reports.echo; --")],
    ["регион": .scalar("Москва 🛒")], ["регион": .scalar("Москва 🚗")], ["регион": .scalar(":start $1 \"x\"")],
    ["регион": .scalar(String(repeating: "x", count: 3000))],
    [
      "регион": .scalar(String(repeating: "x", count: 3001)),
      "words": .list([String(repeating: "y", count: 999)]),
    ],
    ["words": .list(["a", "b"])], ["words": .list(["a-b"])], ["words": .list(["a,b"])],
    ["words": .list(["\"a\"", "\\"])],
  ]

  @Test("each combination of values has a folder of its own, with the rows of these very values")
  func combinations() async throws {
    try await withProject { project in
      try await project.define("echo", Self.yaml, sql: Self.sql)
      let day = Definition.day("2024-01-02")
      try await project.publish("echo", day)
      let (files, rows) = (try Files(project.output), try await project.versions(of: "reports.echo"))
      let ledger = "select * from reportgen.interval, reportgen.export"
      let published = try await project.rows(ledger)
      var folders: Set<String> = []
      for values in Self.combinations {
        let outcome = try await project.outcome("echo", RunOptions(dates: day, parameters: values))
        #expect(outcome.text == "")
        #expect(outcome.state == .exported)
        #expect(outcome.files.count == 3)
        let csv = try #require(outcome.files.first { $0.hasSuffix("/echo.csv") })
        let folder = String(csv.dropLast("/echo.csv".count))
        #expect(folders.insert(folder).inserted, "\(folder)")
        #expect(folder.split(separator: "/").count == 3)
        #expect(folder.hasPrefix("out/echo/2024-01-02+"))
        try await Self.expectEcho(values, project.directory + "/" + folder, project)
      }
      let after = try Files(project.output)
      let ordinary = after.names.indices.filter { !after.names[$0].contains("+") }
      #expect(ordinary.map { after.names[$0] } == files.names)
      #expect(ordinary.map { after.contents[$0] } == files.contents)
      #expect(try await project.versions(of: "reports.echo") == rows)
      #expect(try await project.rows(ledger) == published)
    }
  }

  /// The file against the row that PostgreSQL makes of the values; the manifest names them as they were given.
  private static func expectEcho(
    _ values: [String: Parameter.Value], _ folder: String, _ project: EngineProject
  ) async throws {
    let report = try project.report("echo")
    let interval = try #require(Period.day.interval(containing: Definition.date("2024-01-02")))
    let filled = report.query.filled(
      ReportQuery.literals(
        report: report, bounds: interval, values: values, timezone: project.project.timezone))
    let csv = try String(contentsOfFile: folder + "/echo.csv", encoding: .utf8)
    let path = "src.echoed_\(values.hashValue.magnitude)"
    try await project.execute("create table \(path) as select * from (\(filled.sql)) q with no data")
    let reader = try await connect(
      project.database.primary, [SessionSetting("TimeZone", project.project.timezone)])
    let copy = try await reader.copyIn("copy \(path) from stdin (format csv, header)")
    try await copy.write(Array(csv.utf8))
    try await copy.finish()
    await reader.close()
    #expect(try await project.difference("table \(path)", filled.sql) == 0)
    let manifest = try Manifest(
      json: Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/manifest.json"))))
    for (name, value) in values {
      let shown = try #require(manifest.parameters.first { $0.name == name }?.value)
      switch value {
      case .null: #expect(shown == .null)
      case .scalar(let text): #expect(shown == .scalar(text))
      case .list(let items): #expect(shown == .list(items))
      }
    }
  }

  @Test(
    "an appended interval can be asked for again with other values, and an older one of a table",
    arguments: ["append", "table"])
  func again(_ kind: String) async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define(
        "sale",
        """
        period: day
        start: 2024-01-01
        parameters: {least: {type: integer, default: 0}}
        materialize: {as: \(kind), table: reports.sale}
        export: {csv: {}}
        """, sql: Definition.sql + " and sale.id > :least")
      try await project.publish("sale", Definition.day("2024-01-03"))
      let rows = try await project.versions(of: "reports.sale")
      let outcome = try await project.outcome(
        "sale",
        RunOptions(
          dates: Definition.day(kind == "append" ? "2024-01-03" : "2024-01-01"),
          parameters: ["least": .scalar("1")]))
      #expect(outcome.text == "")
      #expect(outcome.state == .exported)
      #expect(try await project.versions(of: "reports.sale") == rows)
    }
  }

  @Test(
    "a dry run with other values compares nothing with what is published, and a report without files has none"
  )
  func withoutFiles() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define(
        "sale",
        """
        parameters: {least: {type: integer, default: 0}}
        materialize: {as: table, table: reports.sale}
        export: {}
        """, sql: Definition.wholeSQL + " where sale.id > :least")
      try await project.publish("sale")
      let values: [String: Parameter.Value] = ["least": .scalar("3")]
      let dry = try await project.outcome("sale", RunOptions(parameters: values, dryRun: true))
      #expect(dry.counted == "2 +0 ~0 -0 =0")
      #expect(dry.state == .dryRun)
      let outcome = try await project.outcome("sale", RunOptions(parameters: values))
      #expect(outcome.counted == "2 +0 ~0 -0 =0")
      #expect(outcome.files == [])
      #expect(try await project.count("select from reports.sale") == 5)
      #expect(!FileManager.default.fileExists(atPath: project.output + "/sale"))
    }
  }
}
