import ReportExport
import ReportModel

/// Contents of sample pages.
enum Samples {
  static let asOf = PageAsOf(
    time: "2026-11-23 04:30:12 MSK", position: "0/5C0000A8", timeline: 1, replica: "pg1")
  static let run = "0b6f1d0e-93c4-4d0b-9d3c-3c8f5d9f0a11"
  static let fingerprint = "9f2c4e7a1b3d5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8"
  static let generator = "reportgen 0.1.0"

  static func plain(
    columns: [PageColumn], totalRows: Int, charts: [ChartContent] = [], totals: PageTotals = PageTotals()
  ) -> PageContent {
    PageContent(
      title: "Daily sales", reportName: "sales-daily", intervalName: "2026-11-22", asOf: asOf,
      columns: columns,
      totalRows: totalRows, charts: charts, totals: totals, run: run, fingerprint: fingerprint,
      generator: generator)
  }

  /// Deterministic numbers with some variation.
  static func wave(_ index: Int, _ base: Int, _ seed: Int) -> Int {
    let noise = (index * 7919 + seed * 104_729) % 97
    let weekend = index % 7 > 4 ? base / 3 : 0
    return base + weekend + base * noise / 400 + base * index / 300
  }

  static func day(_ index: Int) -> String {
    CalendarDate("2026-08-25")!.adding(days: index)!.description
  }

  static func money(_ units: Int) -> String { "\(units * 731).\(units % 10)\(units % 7)" }

  static let dailyColumns = [
    PageColumn(
      name: "purchase_date", title: "Day", description: "Day of the purchase, Moscow time.", format: .date,
      isNumeric: false),
    PageColumn(
      name: "currency", title: "Currency",
      description: "Currency of the price; none where a product had no price yet.", isNumeric: false),
    PageColumn(
      name: "total_quantity", title: "Units", description: "Units sold.", format: .integer, isNumeric: true),
    PageColumn(
      name: "total_amount", title: "Revenue", description: "Units times the price of the day.",
      format: .money, isNumeric: true),
    PageColumn(
      name: "unpriced_quantity", title: "Units without price",
      description: "Units whose product had no price on that day; not part of the revenue.", format: .integer,
      isNumeric: true),
  ]

  /// `sales-daily`: 90 days of history, three groups of totals, four rows.
  static let daily: (PageContent, String) = {
    let currencies = [("RUB", 1400), ("USD", 420), ("EUR", 260)]
    let points = (0..<90).flatMap { index in
      currencies.map { name, base in
        ChartPoint(
          x: day(index),
          y: name == "EUR" && (40..<44).contains(index) ? nil : String(wave(index, base, base)),
          series: name)
      }
    }
    let bars = (60..<90).flatMap { index in
      currencies.prefix(2).map { name, base in
        ChartPoint(x: day(index), y: money(wave(index, base, base + 1)), series: name)
      }
    }
    let interval = Interval(start: CalendarDate("2026-11-22")!, end: CalendarDate("2026-11-23")!)
    let content = PageContent(
      title: "Daily sales",
      description:
        "Units and revenue per day and currency. Amounts of different currencies are never added up.",
      owner: "sales@example.com", reportName: "sales-daily", intervalName: "2026-11-22",
      interval: interval, asOf: asOf,
      parameters: [NamedValue("region", "RU"), NamedValue("warehouse", nil)], columns: dailyColumns,
      totalRows: 4,
      charts: [
        ChartContent(
          spec: .init(
            type: .line, x: "purchase_date", y: "total_quantity", series: "currency", title: "Units per day"),
          points: points, interval: interval, period: .day),
        ChartContent(
          spec: .init(
            type: .bar, x: "purchase_date", y: "total_amount", series: "currency", title: "Revenue per day"),
          points: bars, interval: interval, period: .day),
      ],
      totals: PageTotals(
        groups: [
          TotalsGroup(
            label: [NamedValue("currency", "RUB")],
            sums: [
              .init(name: "total_quantity", value: "1893", base: "1751", history: past(1400)),
              .init(name: "total_amount", value: "1383783.32", base: "1402331.10", history: past(1_400_000)),
            ]),
          TotalsGroup(
            label: [NamedValue("currency", "USD")],
            sums: [
              .init(name: "total_quantity", value: "571", base: "571", history: past(420)),
              .init(name: "total_amount", value: "41740.14", base: "38.11", history: past(42_000)),
            ]),
          TotalsGroup(
            label: [NamedValue("currency", "EUR")],
            sums: [
              .init(name: "total_quantity", value: "348", base: "0", history: ["348"]),
              .init(name: "total_amount", value: "29310.00", history: [nil, "29310.00"]),
            ]),
          TotalsGroup(
            label: [NamedValue("currency", nil)],
            sums: [.init(name: "total_quantity", value: "12"), .init(name: "total_amount", value: nil)]),
        ], comparison: Interval(start: CalendarDate("2026-11-15")!, end: CalendarDate("2026-11-16")!)),
      downloads: [
        PageDownload(
          name: "sales-daily.csv", mediaType: "text/csv;charset=utf-8", contents: Array("day,amount\n".utf8))
      ], run: run, fingerprint: fingerprint, generator: generator)
    let rows = """
      2026-11-22\tEUR\t348\t29310.00\t0
      2026-11-22\tRUB\t1893\t1383783.32\t0
      2026-11-22\tUSD\t571\t41740.14\t0
      2026-11-22\t\\N\t12\t\\N\t12

      """
    return (content, rows)
  }()

  private static func past(_ base: Int) -> [String?] {
    (0..<30).map { $0 == 11 ? nil : String(wave($0, base, 7)) }
  }

  static let categories = [
    "Электроника и бытовая техника", "Одежда, обувь и аксессуары", "Книги", "Товары для дома и сада",
    "Детские товары и игрушки", "Спорт и отдых", "Красота и здоровье", "Автотовары", "Продукты питания",
    "Возвраты прошлых периодов",
  ]

  /// `sales-by-category`: Russian, a month, horizontal bars with a negative one, texts with line feeds, more rows than shown.
  static let byCategory: (PageContent, String) = {
    let amounts = categories.indices.map { $0 == 9 ? "-412000.55" : money(wave($0 * 3, 900 - $0 * 80, $0)) }
    let content = PageContent(
      title: "Продажи по категориям за октябрь",
      description:
        "Выручка и количество по категориям товаров. Товары без категории показаны отдельной строкой.",
      owner: "Отдел продаж", reportName: "sales-by-category", intervalName: "2026-10",
      interval: Interval(start: CalendarDate("2026-10-01")!, end: CalendarDate("2026-11-01")!), asOf: asOf,
      columns: [
        PageColumn(name: "category", title: "Категория", isNumeric: false),
        PageColumn(name: "top_product", title: "Самый популярный товар", isNumeric: false),
        PageColumn(name: "quantity", title: "Количество", format: .integer, isNumeric: true),
        PageColumn(
          name: "amount", title: "Выручка, ₽", description: "Количество, умноженное на цену дня.",
          format: .money, isNumeric: true),
        PageColumn(name: "share", title: "Доля", format: .percent, isNumeric: true),
      ],
      totalRows: 24_310,
      charts: [
        ChartContent(
          spec: .init(type: .bar, x: "category", y: "amount", title: "Выручка по категориям"),
          points: categories.indices.map { ChartPoint(x: categories[$0], y: amounts[$0]) }),
        ChartContent(
          spec: .init(type: .line, x: "month", y: "amount", title: "Выручка по месяцам"),
          points: (0..<22).map { index in
            ChartPoint(
              x: "202\(5 + index / 12)-\(index % 12 < 9 ? "0" : "")\(index % 12 + 1)-01",
              y: money(wave(index, 19_000, 5)))
          }),
        ChartContent(
          spec: .init(
            type: .bar, x: "supplier", y: "quantity", series: "year", title: "Количество по поставщикам"),
          points: [
            "ООО «Ромашка»", "Общество с ограниченной ответственностью «Северный ветер и партнёры»",
            "ACME Ltd.",
          ]
          .enumerated().flatMap { index, name in
            ["2025", "2026"].map { year in
              ChartPoint(
                x: name, y: year == "2026" && index == 2 ? nil : String(wave(index * 5, 4000, Int(year)!)),
                series: year)
            }
          }),
      ],
      totals: PageTotals(groups: [
        TotalsGroup(
          label: [],
          sums: [.init(name: "quantity", value: "1204331"), .init(name: "amount", value: "3718442.17")])
      ]),
      downloads: [PageDownload(name: "продажи по категориям.csv", mediaType: "text/csv;charset=utf-8")],
      run: run, fingerprint: fingerprint, generator: generator)
    var rows = ""
    for index in 0..<24 {
      let name = index == 7 ? "\\N" : categories[index % 10]
      let product = index % 5 == 3 ? "Набор «Зима»:\\nшапка,\\nшарф" : "Товар № \(index * 37 + 11)"
      rows += "\(name)\t\(product)\t\(wave(index, 3000, index))\t\(amounts[index % 10])\t\(index).\(index)5\n"
    }
    return (content, rows)
  }()
}

func page(_ content: PageContent, _ rows: String, limit: Int = 1000) async throws -> String {
  let sink = ByteCollector()
  _ = try await writePage(content, rows: Rows(rows, rowsPerChunk: 7), limit: limit, into: sink)
  return String(decoding: sink.bytes, as: UTF8.self)
}
