import Foundation
import ReportModel
import Testing

@testable import ReportDefinitions

@Suite struct ReportValueTests {
  @Test("every key of a definition is read into the report")
  func everyKey() throws {
    let sql = """
      -- comment
      select d.day, d.currency, sum(d.amount) as amount
      from reports.days as d join shop.regions r on r.id = d.region_id
      where d.day >= :start and d.day < :end and r.name = any(:regions)
      group by d.day, d.currency; -- the end
      """
    let yaml = """
      title: Daily sales
      description: Revenue per day.
      owner: sales@example.com
      tags: [nightly, sales]
      parameters:
        regions: {type: "text[]", default: [RU, "K,Z"], description: Where}
        limit: {type: numeric}
      period: week
      start: 2024-01-01
      materialize:
        as: merge
        table: reports.sales
        time_column: day
        unique_key: [day, currency]
        lookback: 3
        delete: interval
        on_schema_change: fail
        indexes: [[day], [currency, day]]
        grants: {select: [superset, admin], insert: [admin]}
      columns:
        amount: {title: Revenue, description: With tax, type: "numeric(14,2)", format: money}
        day: {}
      checks:
        - not_null: [day]
        - unique: {columns: [day, currency], severity: warn}
        - range: {column: amount, min: 0, max: "1e6"}
        - accepted_values: {column: currency, values: [RUB, USD]}
        - rows: {min: 1, severity: warn}
        - relationships: {column: currency, to: shop.currencies, field: code}
        - sql: select 1 from :staging where amount > :limit
        - reconcile: {staging: select 1 as a from :staging, source: select 1 as a from shop.t}
      export:
        csv: {delimiter: ";", bom: true, line_ending: crlf, null: "-", guard_formulas: true, decimal: comma}
        html:
          history: 30
          rows: 50
          charts: [{type: bar, x: day, y: amount, series: currency, title: Revenue}]
          totals: {sum: [amount], by: [currency]}
          bars: [amount]
        order_by: [day, "amount desc", currency asc]
        keep: 400
      """
    let report = try Sample.report(sql: sql, yaml: yaml)
    let place = { (line: Int) in SourcePlace(line: line, column: 5) }
    let staging = QueryText(
      text: "select 1 from :staging where amount > :limit",
      references: [
        .init(name: "staging", utf8Range: 14..<22), .init(name: "limit", utf8Range: 38..<44, adapts: true),
      ])
    let expected = Report(
      name: "sales", title: "Daily sales", description: "Revenue per day.", owner: "sales@example.com",
      tags: ["nightly", "sales"],
      parameters: [
        Parameter(
          name: "regions", type: .text, isList: true, defaultValue: .list(["RU", "K,Z"]), description: "Where"
        ),
        Parameter(name: "limit", type: .numeric),
      ],
      period: .week, start: CalendarDate("2024-01-01"),
      materialization: Materialization(
        kind: .merge, table: QualifiedName(schema: "reports", name: "sales"), timeColumn: "day",
        uniqueKey: ["day", "currency"], lookback: 3, deletesInterval: true, onSchemaChange: .fail,
        indexes: [["day"], ["currency", "day"]],
        grants: [
          .init(privilege: .select, role: "superset"), .init(privilege: .select, role: "admin"),
          .init(privilege: .insert, role: "admin"),
        ]),
      columns: [
        Column(
          name: "amount", title: "Revenue", description: "With tax", type: "numeric(14,2)", format: .money),
        Column(name: "day"),
      ],
      checks: [
        Check(rule: .notNull(columns: ["day"]), place: place(24)),
        Check(rule: .unique(columns: ["day", "currency"]), severity: .warn, place: place(25)),
        Check(rule: .range(column: "amount", min: "0", max: "1e6"), place: place(26)),
        Check(rule: .acceptedValues(column: "currency", values: ["RUB", "USD"]), place: place(27)),
        Check(rule: .rows(min: 1, max: nil), severity: .warn, place: place(28)),
        Check(
          rule: .relationships(
            column: "currency", to: QualifiedName(schema: "shop", name: "currencies"), field: "code"),
          place: place(29)),
        Check(rule: .sql(staging), place: place(30)),
        Check(
          rule: .reconcile(
            staging: QueryText(
              text: "select 1 as a from :staging",
              references: [.init(name: "staging", utf8Range: 19..<27)]),
            source: QueryText(text: "select 1 as a from shop.t", references: [])),
          place: place(31)),
      ],
      export: ExportSettings(
        csv: CSVSettings(
          delimiter: ";", bom: true, lineEnding: .crlf, null: "-", guardFormulas: true,
          decimal: .comma),
        html: HTMLSettings(
          history: 30,
          charts: [.init(type: .bar, x: "day", y: "amount", series: "currency", title: "Revenue")],
          totals: .init(sum: ["amount"], by: ["currency"]), rows: 50, bars: ["amount"]),
        order: .columns([
          .init(column: "day"), .init(column: "amount", descending: true), .init(column: "currency"),
        ]), keep: 400),
      query: QueryText(
        text: String(sql.dropLast("; -- the end".count)) + "\n", references: report.query.references),
      reads: [
        QualifiedName(schema: "reports", name: "days"), QualifiedName(schema: "shop", name: "regions"),
      ],
      checkReads: [
        QualifiedName(schema: "shop", name: "currencies"), QualifiedName(schema: "shop", name: "t"),
      ],
      outputColumns: ["day", "currency", "amount"], fingerprint: report.fingerprint,
      sqlFile: "reports/sales.sql", metadataFile: "reports/sales.yaml")
    var named = expected
    (named.mentions, named.checkMentions) = (report.mentions, report.checkMentions)
    (named.primaryCheckReads, named.sourceReads) = (report.primaryCheckReads, report.sourceReads)
    #expect(report == named)
    #expect(report.query.references.map(\.name) == ["start", "end", "regions"])
    for reference in report.query.references {
      let bytes = Array(report.query.text.utf8)[reference.utf8Range]
      #expect(String(decoding: bytes, as: UTF8.self) == ":" + reference.name)
    }
  }

  @Test("without `export` there are a CSV and a page, with `{}` no files, otherwise the named ones")
  func exports() throws {
    func export(_ line: String) throws -> ExportSettings {
      try Sample.report(yaml: Sample.yaml + "\n" + line).export
    }
    #expect(try export("") == ExportSettings())
    #expect(try export("export: {}") == ExportSettings(csv: nil, html: nil))
    #expect(try export("export: {csv: {}}") == ExportSettings(html: nil))
    #expect(try export("export: {csv: false, html: {}}") == ExportSettings(csv: nil))
    #expect(
      try export("export: {xlsx: {}}") == ExportSettings(csv: nil, html: nil, xlsx: XLSXSettings()))
    #expect(
      try export("export: {xlsx: {totals: {sum: [amount], by: [day]}}}").xlsx?.totals
        == .init(sum: ["amount"], by: ["day"]))
    #expect(try export("export: {xlsx: false}") == ExportSettings(csv: nil, html: nil))
    #expect(try export("export: {csv: {}, order_by: none}") == ExportSettings(html: nil, order: .none))
  }

  @Test("a report with errors is left out, the others are read")
  func neighbours() throws {
    let project = try Sample.project()
    try project.write("reports/broken.sql", Data("select".utf8))
    try project.write("reports/broken.yaml", Data("title: x".utf8))
    let loaded = project.load()
    #expect(loaded.value.map(\.name) == ["sales"])
    #expect(loaded.hasErrors)
  }

  @Test("reports come sorted by name, wherever their files are")
  func order() throws {
    let project = try TestProject()
    for (index, path) in ["z/a1", "a/z1", "m", "b/c/d/b1"].enumerated() {
      try project.write("reports/\(path).sql", Data("select 1 as a".utf8))
      let yaml = "title: x\nmaterialize: {as: table, table: reports.t\(index)}"
      try project.write("reports/\(path).yaml", Data(yaml.utf8))
    }
    #expect(project.load().value.map(\.name) == ["a1", "b1", "m", "z1"])
    #expect(project.lint() == "")
  }

  @Test("retention and on_change are read; by default nothing expires and nothing is restated")
  func intervals() throws {
    let plain = try Sample.report().materialization
    #expect(plain.retention == nil)
    #expect(plain.onChange == .keep)
    let keys = "time_column: day, retention: 18 months, on_change: restate"
    let kept = try Sample.report(yaml: Sample.yaml.replacing("time_column: day", with: keys)).materialization
    #expect(kept.retention == Retention(18, .month))
    #expect(kept.onChange == .restate)
  }

  @Test(
    "a statement's text ends before its final semicolon, and nothing that follows can hide behind a comment",
    arguments: [
      ("select 1 as a;", "select 1 as a"), ("select 1 as a ; ; -- x\n", "select 1 as a"),
      ("select ';' as a", "select ';' as a"), ("select 1 as a -- c", "select 1 as a -- c"),
      ("select 1 as a -- c\n;", "select 1 as a -- c\n"), ("select 1 as a /* ; */", "select 1 as a /* ; */"),
      ("select U&'a;' as a", "select U&'a;' as a"), ("\u{FEFF}select 1 as a\r\n;\r\n", "select 1 as a"),
    ])
  func statementText(_ sql: String, _ expected: String) throws {
    let yaml = "title: x\nmaterialize: {as: table, table: reports.t}"
    #expect(try Sample.report(sql: sql, yaml: yaml).query.text == expected)
  }

  @Test("positions count bytes, also behind Cyrillic and emoji")
  func references() throws {
    let sql =
      "select 'Выручка 🙂' as a, x[1:n] as b, x[:start] as c, '–'||:имя as d, b::text as e, f(v=>:end) as f from s.t"
    let yaml = """
      title: x
      period: day
      start: 2024-01-01
      parameters: {имя: {type: text}}
      materialize: {as: table, table: reports.t}
      """
    let report = try Sample.report(sql: sql, yaml: yaml)
    let found = report.query.references.map { String(decoding: Array(sql.utf8)[$0.utf8Range], as: UTF8.self) }
    #expect(found == [":start", ":имя", ":end"])
  }

  @Test(
    "each setting of a CSV preset can be overridden",
    arguments: [
      ("{excel: en}", CSVSettings(bom: true, lineEnding: .crlf, guardFormulas: true, isForExcel: true)),
      (
        "{excel: ru}",
        CSVSettings(
          delimiter: ";", bom: true, lineEnding: .crlf, guardFormulas: true, decimal: .comma, isForExcel: true
        )
      ),
      (
        "{guard_formulas: false, delimiter: \"|\", bom: false, excel: ru, line_ending: lf, decimal: point, \"null\": x}",
        CSVSettings(delimiter: "|", null: "x", isForExcel: true)
      ),
    ])
  func presets(_ written: String, _ settings: CSVSettings) throws {
    let report = try Sample.report(yaml: Sample.yaml + "\nexport: {csv: \(written)}")
    #expect(report.export.csv == settings)
  }
}
