import ReportModel

@testable import ReportExport

/// A small catalogue, and how it is written into a folder.
enum CatalogueSamples {
  static func report(
    _ name: String, title: String? = nil, sql: String = "select 1 as one", table: String? = nil
  ) -> Report {
    Report(
      name: name, title: title ?? name,
      materialization: Materialization(
        kind: .table, table: QualifiedName(schema: "reports", name: table ?? name)),
      query: QueryText(text: sql, references: []), sqlFile: "reports/\(name).sql",
      metadataFile: "reports/\(name).yaml")
  }

  static let daily: Report = {
    var report = Report(
      name: "sales-daily", title: "Daily sales", description: "Units and revenue of each day, by currency.",
      owner: "sales@example.com", tags: ["nightly", "sales"],
      parameters: [
        Parameter(name: "region", type: .text, defaultValue: .scalar("RU"), description: "Of the shop."),
        Parameter(name: "codes", type: .integer, isList: true, defaultValue: .list(["1", "2"])),
      ],
      period: .day, start: CalendarDate("2024-01-01"), expectWithinSeconds: 26 * 3600,
      materialization: Materialization(
        kind: .incremental, table: QualifiedName(schema: "reports", name: "sales_daily"),
        timeColumn: "purchase_date", uniqueKey: ["purchase_date", "currency"], lookback: 3,
        retention: Retention("3 years"),
        grants: [.init(privilege: .select, role: "superset"), .init(privilege: .select, role: "auditor")]),
      columns: [
        Column(name: "purchase_date", title: "Day", format: .date),
        Column(
          name: "total_amount", title: "Revenue", description: "Units times the price of the day.",
          type: "numeric(16,2)", format: .money),
      ],
      checks: [
        Check(rule: .notNull(columns: ["purchase_date"]), place: SourcePlace(line: 20)),
        Check(rule: .range(column: "total_amount", min: "0", max: nil), place: SourcePlace(line: 21)),
        Check(
          rule: .acceptedValues(column: "currency", values: ["RUB", "USD"]), severity: .warn,
          place: SourcePlace(line: 22)),
      ],
      query: QueryText(
        text: "select purchase_date, currency, sum(amount) as total_amount\nfrom shop.purchases\n"
          + "where purchase_date >= :start and purchase_date < :end and region = :region\ngroup by 1, 2",
        references: []),
      reads: [QualifiedName(schema: "shop", name: "purchases")],
      outputColumns: ["purchase_date", "currency", "total_amount"], sqlFile: "reports/sales-daily.sql",
      metadataFile: "reports/sales-daily.yaml")
    report.export.keep = 400
    return report
  }()

  static let monthly: Report = {
    var report = CatalogueSamples.report("sales-monthly", title: "Продажи по месяцам", table: "sales_monthly")
    report.description = "Сложены из продаж по дням."
    report.owner = "Отдел продаж"
    report.tags = ["sales"]
    report.reads = [QualifiedName(schema: "reports", name: "sales_daily")]
    return report
  }()

  static let small: Catalogue = {
    let purchases = QualifiedName(schema: "shop", name: "purchases")
    let lineage = Lineage(
      nodes: [
        .init(kind: .source, name: "shop.purchases", column: 0),
        .init(kind: .report, name: "sales-daily", column: 1),
        .init(kind: .report, name: "sales-monthly", column: 2),
        .init(kind: .dashboard, name: "sales", column: 3),
      ], edges: [.init(from: 0, to: 1), .init(from: 1, to: 2), .init(from: 1, to: 3), .init(from: 2, to: 3)],
      hiddenCount: 2)
    let standing = ReportStanding(
      state: "confirmed", level: .good, newest: "2026-11-22", rows: 1234, asOf: "2026-11-23 04:30:12 MSK",
      age: "4 h", asOfSeconds: 1_795_311_012, lateAfterSeconds: 1_795_480_000,
      lateAfter: "2026-11-25 02:00 Europe/Moscow", lastRun: "2026-11-23 04:30:10 MSK", lastState: "confirmed",
      checks: [
        "not_null: purchase_date": CheckValue(isPassed: true, rows: 0),
        "accepted_values: currency in RUB, USD": CheckValue(isPassed: false, rows: 11, isAtLeast: true),
      ])
    let late = ReportStanding(
      state: "table emptied", level: .bad, newest: "2026-11-21", rows: 7, asOf: "2026-11-21 04:30:12 MSK",
      unproven: ["foreign table shop.rates"], age: "2 d", isLate: true, asOfSeconds: 1_795_138_212,
      lateAfterSeconds: 1, missing: 2, nextMissing: "2026-11-22", failedIntervals: ["2026-11-22"],
      outdated: 3, expired: 1000, lastRun: "2026-11-23 04:30:10 MSK", lastState: "failed",
      lastError: "check rows failed: 0 rows")
    return Catalogue(
      reports: [
        CatalogueReport(
          report: daily, standing: standing,
          published: [
            .init(
              name: "2026-11-22", state: "confirmed", rows: 1234, asOf: "2026-11-23 04:30:12 MSK",
              run: Samples.run),
            .init(
              name: "2026-11-21", state: "published", rows: 4, asOf: "2026-11-22 04:30:12 MSK",
              run: Samples.run),
          ], older: [.init(first: "2024-01-01", last: "2026-11-20", count: 1055)], lineage: lineage),
        CatalogueReport(report: monthly, standing: late, lineage: lineage),
        CatalogueReport(
          report: report("never-run", title: "Never run"),
          standing: ReportStanding(state: nil, level: .wait, missing: 3, nextMissing: "2026-09")),
      ],
      dashboards: [
        .init(
          name: "sales", title: "Sales", description: "What the store sold.", owner: "sales@example.com",
          reports: ["sales-daily", "sales-monthly"],
          tables: [QualifiedName(schema: "reportgen", name: "run_health")])
      ], sources: [.init(table: purchases, reports: ["sales-daily"])],
      readAt: "2026-11-23 08:31:00 MSK", generator: Samples.generator)
  }()

  @discardableResult
  static func write(_ catalogue: Catalogue, to root: String) throws -> CatalogueFolder.Result {
    try CatalogueFolder(output: root, shownAs: "out").write(catalogue)
  }
}
