import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// Whole texts of the statements that a run sends. What they do is tested on servers; here a change of any of them
  /// is seen and read.
  @Suite struct StatementTests {
    static let columns = [
      ("day", "date"), ("currency", "text"), ("Сумма \"₽\"", "numeric(14,2)"), ("share", "numeric"),
    ].map { ColumnShape(name: $0.0, type: $0.1, category: "", comment: nil) }
    static let staging = QualifiedName(schema: "reportgen_staging", name: "sale")
    static let intervals = Sample.days("2026-01-01", "2026-01-02", "2026-01-05")

    private func publish(_ report: Report, replacesAll: Bool = false, intervals: [Interval] = Self.intervals)
      -> String
    {
      let statements = PublishStatements(
        report: report, target: Sample.qualified("sale"), staging: Self.staging, columns: Self.columns,
        portion: Portion(spans: Span.spans(of: intervals, batch: 1), replacesAll: replacesAll),
        intervals: intervals,
        timezone: "Europe/Moscow")
      let changes = statements.changes(removed: 1, changed: 1, added: 1)
      return ([statements.difference] + changes).joined(separator: ";\n") + ";\n"
    }

    @Test("the publish of each materialization")
    func publishing() throws {
      let cases = [
        ("incremental with a key", publish(Sample.report(key: ["day", "currency"]))),
        (
          "incremental without a key, one day", publish(Sample.report(), intervals: Sample.days("2026-01-01"))
        ),
        ("full refresh", publish(Sample.report(key: ["day", "currency"]), replacesAll: true)),
        (
          "table with a key",
          publish(Sample.report("sale", .table, key: ["currency"]), replacesAll: true, intervals: [])
        ),
        ("merge", publish(Sample.report("sale", .merge, key: ["currency"]))),
        (
          "merge with delete: interval",
          publish(
            Sample.report("sale", .merge, key: ["currency"]) {
              $0.timeColumn = "day"
              $0.deletesInterval = true
            })
        ),
      ]
      try expectGoldenSQL(cases.map { "-- \($0.0)\n\($0.1)" }.joined(separator: "\n"), "engine/publish.sql")
    }

    @Test("the comparison on the replica, and what applies its rows")
    func comparison() throws {
      let conditions = [
        Check.Rule.notNull(columns: ["day"]), .range(column: "share", min: "0", max: nil),
      ].map { Check(rule: $0, place: SourcePlace(line: 1, column: 1)) }
      let cases = [
        ("a table", Sample.report("sale", .table, period: .none, key: ["currency"]), true, [Interval]()),
        ("intervals", Sample.report(key: ["day", "currency"], checks: conditions), false, Self.intervals),
        ("a merge", Sample.report("sale", .merge, key: ["currency"]), false, [Self.intervals[0]]),
      ]
      let texts = cases.map { name, report, replacesAll, intervals in
        let span = Span(intervals: Array(intervals.prefix(1)))
        let statements = PublishStatements(
          report: report, target: Sample.qualified("sale"), staging: Self.staging, columns: Self.columns,
          portion: Portion(spans: [span], replacesAll: replacesAll), intervals: span.intervals,
          timezone: "Europe/Moscow")
        let changes = ChangeStatements(statements, staging: Self.staging)
        var query = ComparisonQuery(
          statements: statements, changes: changes,
          scan: StagedScan(report: report, intervals: intervals, timezone: "Europe/Moscow"),
          query: ReportQuery(
            report: report, span: span, values: [:], timezone: "Europe/Moscow", columns: Self.columns))
        query.isInKeyOrder = replacesAll
        let sent =
          [query.copyOut(.binary), changes.countsOfIntervals(conditions: report.checks.count)]
          + [changes.countsOfTable] + changes.changes(removed: 1, changed: 1, added: 1).map(\.sql)
        return "-- \(name)\n" + sent.joined(separator: ";\n") + ";\n"
      }
      try expectGoldenSQL(texts.joined(separator: "\n"), "engine/difference.sql")
      let own = ChangeStatements.ownColumns(
        ["kind", "kind_"].map { ColumnShape(name: $0, type: "text", category: "S") })
      #expect(own.map(\.name) == ["kind__", "old_place", "old_writer", "counts"])
    }

    @Test("only statements with something to do are sent")
    func onlyNeeded() {
      let keyed = PublishStatements(
        target: Sample.qualified("sale"), staging: Self.staging, columns: ["a"], key: ["a"], notNullKey: [],
        scope: nil, deleteScope: "true")
      #expect(keyed.changes(removed: 0, changed: 0, added: 0) == [])
      #expect(keyed.changes(removed: 0, changed: 2, added: 0).map { $0.prefix(6) } == ["UPDATE"])
      #expect(
        keyed.changes(removed: 1, changed: 1, added: 1).map { $0.prefix(6) } == [
          "DELETE", "UPDATE", "INSERT",
        ])
      #expect(
        keyed.insertAll
          == #"INSERT INTO "reports"."sale" ("a") SELECT s."a" FROM "reportgen_staging"."sale" s"#)
    }

    @Test("bounds have the type of the time column, in the project's time zone")
    func bounds() {
      let expected = [
        (nil, "'2026-01-01'::date"), ("date", "'2026-01-01'::date"),
        ("timestamp", "'2026-01-01 00:00:00'::timestamp"),
        ("timestamp(3) without time zone", "'2026-01-01 00:00:00'::timestamp"),
        ("timestamptz", "'2026-01-01 00:00:00 Europe/Berlin'::timestamptz"),
        ("timestamptz(3)", "'2026-01-01 00:00:00 Europe/Berlin'::timestamptz"),
        ("TIMESTAMP WITH TIME ZONE", "'2026-01-01 00:00:00 Europe/Berlin'::timestamptz"),
      ]
      for (type, literal) in expected {
        let report = Sample.report(columns: [Column(name: "day", type: type)])
        #expect(
          ReportQuery.boundLiteral(Definition.date("2026-01-01"), report: report, timezone: "Europe/Berlin")
            == literal)
      }
    }

    @Test("the query of a span: literals, casts and the order of the file")
    func query() throws {
      let report = Sample.report(
        key: ["day"], parameters: [Parameter(name: "region", type: .text, defaultValue: .scalar("it's"))],
        columns: [Column(name: "amount", type: "numeric(14,2)")],
        sql: "select day, amount from src.sale -- :start\nwhere day >= :start and region = :region")
      func text(
        _ names: [String]?, standIn: String? = nil, order: [ExportSettings.SortKey] = []
      ) -> String {
        var columns = names.map { $0.map { ColumnShape(name: $0, type: "", category: "") } }
        columns?[0].standIn = standIn
        return ReportQuery(
          report: report, span: Span(intervals: Sample.days("2026-01-01")), values: ["region": .scalar("Ы")],
          timezone: "UTC", columns: columns, order: order
        ).copyOut(.text)
      }
      let cases = [
        ("as it is", text(nil)), ("nothing to cast", text(["day"])), ("cast", text(["day", "amount"])),
        ("ordered", text(["day"], order: [.init(column: "day"), .init(column: "a b", descending: true)])),
        (
          "with a type in place of the query's own, by which the file is ordered, too",
          text(["amount", "day"], standIn: "text", order: [.init(column: "amount"), .init(column: "day")])
        ),
      ]
      try expectGoldenSQL(
        cases.map { "-- \($0.0)\n\($0.1)" }.joined(separator: "\n\n") + "\n", "engine/query.sql")
    }

    @Test("a position of the server is that of the file, whatever stands before it")
    func places() throws {
      let report = Sample.report(
        columns: [Column(name: "a", type: "int")], sql: "select 'ж🛒' as b,\n  :region as c, nope as a")
      let query = ReportQuery(
        report: report, span: .whole, values: [:], timezone: "UTC",
        columns: ["a", "b"].map { ColumnShape(name: $0, type: "", category: "") })
      let sent = query.copyOut(.text)
      let at = sent.unicodeScalars.distance(
        from: sent.startIndex, to: try #require(sent.firstRange(of: "nope")).lowerBound)
      #expect(query.sourcePlace(serverPosition: at + 1) == SourcePlace(line: 2, column: 17))
      #expect(query.sourcePlace(serverPosition: 3) == nil)
    }

    @Test("what files are read with")
    func exports() throws {
      func queries(_ report: Report, _ interval: Interval?) -> ExportQueries {
        ExportQueries(
          report: report, relation: Sample.qualified("sale"), interval: interval, timezone: "UTC",
          columns: [("day", "date", "D"), ("currency", "text", "S"), ("amount", "numeric", "N")].map {
            ColumnShape(name: $0.0, type: $0.1, category: $0.2, comment: nil)
          })
      }
      let day = queries(Sample.report(key: ["day", "currency"]), Sample.interval("2026-03-01", "2026-03-02"))
      let ordered = ExportSettings(order: .columns([.init(column: "amount", descending: true)]))
      let merge = queries(
        Sample.report("sale", .merge, key: ["day"], export: ordered),
        Sample.interval("2026-03-01", "2026-03-02"))
      let blobs = ExportQueries(
        report: Sample.report("sale", .table), relation: Sample.qualified("sale"), interval: nil,
        timezone: "UTC",
        columns: [("b", "bytea", "U"), ("j", "jsonb", "U"), ("c", "character(9000)", "S")].map {
          ColumnShape(name: $0.0, type: $0.1, category: $0.2, comment: nil)
        })
      let line = HTMLSettings.Chart(type: .line, x: "day", y: "amount", series: "currency")
      let bar = HTMLSettings.Chart(type: .bar, x: "currency", y: "amount")
      let list = HTMLSettings.Chart(type: .list, x: "currency", y: "amount", limit: 5)
      let texts = [
        ("rows of a day", day.rows), ("rows of a merge", merge.rows), ("count", day.count(HTMLSettings())),
        (
          "count and greatest values for bars", day.count(HTMLSettings(bars: ["amount", "currency"]))
        ), ("rows of a page", day.pageRows(HTMLSettings(rows: 100), isShortened: false)),
        (
          "rows of a page with small lines",
          day.pageRows(HTMLSettings(sparklines: ["amount"]), isShortened: false)
        ),
        (
          "no small lines of a merge",
          merge.pageRows(HTMLSettings(sparklines: ["amount"]), isShortened: false)
        ),
        (
          "rows of a page with small lines and long values",
          day.pageRows(HTMLSettings(sparklines: ["amount"]), isShortened: true)
        ),
        ("long values of other types", blobs.pageRows(HTMLSettings(rows: 100), isShortened: true)),
        ("totals", day.totals(.init(sum: ["amount"], by: ["currency"]))),
        (
          "totals of 30 days and one a year before",
          day.pastTotals(.init(sum: ["amount"], by: ["currency"], compare: .year)) ?? ""
        ),
        ("totals of 30 days", day.pastTotals(.init(sum: ["amount"])) ?? ""),
        ("no earlier totals of a merge", merge.pastTotals(.init(sum: ["amount"])) ?? "none"),
        ("totals of all", merge.totals(.init(sum: ["amount"]))),
        ("chart over 90 days", day.chart(line, history: 90)),
        ("chart of one interval", day.chart(line, history: 1)),
        ("chart of categories", day.chart(bar, history: 90)),
        ("list of 5 and the others", day.chart(list, history: 90)),
        ("chart of a merge", merge.chart(line, history: 90)),
      ]
      try expectGoldenSQL(texts.map { "-- \($0.0)\n\($0.1);\n" }.joined(separator: "\n"), "engine/export.sql")
    }

    @Test("DDL of a new table, and none for a table that is as its definition says")
    func table() throws {
      let report = Sample.report(
        key: ["day"],
        columns: [
          Column(name: "day", title: "Day"),
          Column(name: "amount", title: "Revenue", description: "It's in €."),
        ]
      ) {
        $0.onSchemaChange = .add
        $0.indexes = [["amount"], ["day"], ["a b", "amount"]]
        $0.grants = [.init(privilege: .select, role: "superset"), .init(privilege: .select, role: "public")]
      }
      let columns = ["day", "amount", "a b"].map {
        ColumnShape(name: $0, type: "numeric(14,2)", category: "N", comment: nil)
      }
      let bare = TableShape(
        kind: "r", columns: Array(columns.prefix(1)), indexes: [], grants: [], comment: nil,
        viewDefinition: nil)
      func changes(_ shape: TableShape) throws -> [String] {
        let changes = try SummaryTableChanges(
          report: report, existing: shape, name: Self.staging, finalName: Sample.qualified("sale"),
          columns: columns)
        return changes.statements + changes.grants.map { $0.statement(on: Self.staging) }
      }
      try expectGoldenSQL(try changes(bare).map { $0 + ";\n" }.joined(), "engine/table.sql")
      let complete = TableShape(
        kind: "r",
        columns: zip(columns, ["Day", "It's in €.", "by others"]).map {
          ColumnShape(name: $0.name, type: $0.type, category: $0.category, comment: $1)
        },
        indexes: [
          .init(name: "sale_key", columns: ["day"], isUnique: true, nullsNotDistinct: true),
          .init(name: "i", columns: ["amount"], isUnique: false, nullsNotDistinct: false),
          .init(name: "j", columns: ["a b", "amount"], isUnique: false, nullsNotDistinct: false),
        ],
        grants: [
          .init(role: "superset", privilege: "select"), .init(role: "public", privilege: "select"),
          .init(role: "someone", privilege: "insert"),
        ], comment: "Sales", viewDefinition: nil)
      #expect(try changes(complete) == [])
    }
  }
}
