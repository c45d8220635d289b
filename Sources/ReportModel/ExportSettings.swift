/// Which files a run writes for reading offline: the key `export`.
package struct ExportSettings: Hashable, Sendable {
  /// One item of `export.order_by`, such as `amount desc`.
  package struct SortKey: Hashable, Sendable {
    package var column: String
    /// Nulls come first when it is true, last otherwise, as in PostgreSQL.
    package var descending: Bool

    package init(column: String, descending: Bool = false) {
      self.column = column
      self.descending = descending
    }
  }

  /// `export.order_by`: the order of the rows in files.
  package enum Order: Hashable, Sendable {
    /// The unique key, or as the rows come where there is none.
    case key
    case columns([SortKey])
    /// As the rows come.
    case none
  }

  /// nil: no CSV file is written.
  package var csv: CSVSettings?
  /// nil: no page is written.
  package var html: HTMLSettings?
  /// nil: no workbook is written.
  package var xlsx: XLSXSettings?
  /// `key` where the metadata has no `order_by`.
  package var order: Order
  /// How many of the newest intervals have files; 31 by default.
  package var keep: Int

  package init(
    csv: CSVSettings? = CSVSettings(), html: HTMLSettings? = HTMLSettings(), xlsx: XLSXSettings? = nil,
    order: Order = .key, keep: Int = 31
  ) {
    self.csv = csv
    self.html = html
    self.xlsx = xlsx
    self.order = order
    self.keep = keep
  }
}

/// How a CSV file is written; the defaults are PostgreSQL's own `COPY … (FORMAT csv, HEADER)`.
package struct CSVSettings: Hashable, Sendable {
  /// `lf` is `\n`, `crlf` is `\r\n`.
  package enum LineEnding: String, Hashable, Sendable, CaseIterable {
    case lf, crlf
  }

  /// `1234.5` or `1234,5`.
  package enum DecimalSign: String, Hashable, Sendable, CaseIterable {
    case point, comma
  }

  /// One ASCII byte, neither a quote nor a line ending.
  package var delimiter: String
  /// A byte order mark in front, by which spreadsheets recognize UTF-8.
  package var bom: Bool
  /// What ends a row; line ends inside of a field stay as they are.
  package var lineEnding: LineEnding
  /// What stands for NULL; an equal text is quoted.
  package var null: String
  /// Puts a `'` before text fields that a spreadsheet would read as a formula (`=`, `+`, `-`, `@`, tab, CR first);
  /// numbers stay as they are.
  package var guardFormulas: Bool
  /// What stands before the fraction of a number; texts stay as they are.
  package var decimal: DecimalSign
  /// Whether the file is meant for Excel: what Excel would leave out of it is warned about.
  package var isForExcel: Bool

  package init(
    delimiter: String = ",", bom: Bool = false, lineEnding: LineEnding = .lf, null: String = "",
    guardFormulas: Bool = false, decimal: DecimalSign = .point, isForExcel: Bool = false
  ) {
    self.delimiter = delimiter
    self.bom = bom
    self.lineEnding = lineEnding
    self.null = null
    self.guardFormulas = guardFormulas
    self.decimal = decimal
    self.isForExcel = isForExcel
  }

  /// Settings with which Excel opens a file by a double click, by the region that the computer is set to.
  package static let excel: KeyValuePairs<String, CSVSettings> = [
    "en": CSVSettings(bom: true, lineEnding: .crlf, guardFormulas: true, isForExcel: true),
    "ru": CSVSettings(
      delimiter: ";", bom: true, lineEnding: .crlf, guardFormulas: true, decimal: .comma, isForExcel: true),
  ]
}

/// What a report's workbook shows besides its rows.
package struct XLSXSettings: Hashable, Sendable {
  /// nil: those of the page.
  package var totals: HTMLSettings.Totals?

  package init(totals: HTMLSettings.Totals? = nil) { self.totals = totals }
}

/// What a report's HTML page shows besides its rows.
package struct HTMLSettings: Hashable, Sendable {
  /// One item of `export.html.charts`.
  package struct Chart: Hashable, Sendable {
    /// How the values are drawn.
    package enum Mark: String, Hashable, Sendable, CaseIterable {
      case line, bar
      /// Bars whose series stand on each other.
      case stacked
      /// A filled line; series stand on each other.
      case area
      /// The shares of a total.
      case pie
      /// Horizontal bars of the greatest values, and one for the others.
      case list
    }

    /// The order of bars.
    package enum Sort: String, Hashable, Sendable, CaseIterable {
      case x, value
    }

    /// What is drawn where a line has no row.
    package enum Missing: String, Hashable, Sendable, CaseIterable {
      case gap, zero
    }

    package var type: Mark
    /// The column along the bottom.
    package var x: String
    /// The column of the values; a numeric one.
    package var y: String
    /// One line or colour for each value of this column.
    package var series: String?
    /// The line above the chart; nil: made of the titles of `y` and `x`.
    package var title: String?
    /// nil: by x where x has an order of its own, otherwise by value.
    package var sort: Sort?
    /// `gap` by default.
    package var missing: Missing
    /// Whether equal distances are equal factors.
    package var logarithmic: Bool
    /// How many values of x a pie or a list shows besides "other"; nil: 7 slices, 10 bars.
    package var limit: Int?
    /// Whether the table of the chart's values is open; nil: it is there and closed, unless it is long.
    package var table: Bool?

    package init(
      type: Mark, x: String, y: String, series: String? = nil, title: String? = nil, sort: Sort? = nil,
      missing: Missing = .gap, logarithmic: Bool = false, limit: Int? = nil, table: Bool? = nil
    ) {
      self.type = type
      self.x = x
      self.y = y
      self.series = series
      self.title = title
      self.sort = sort
      self.missing = missing
      self.logarithmic = logarithmic
      self.limit = limit
      self.table = table
    }

    /// `limit` or its default; nil for types that show every value of x.
    package var topCount: Int? {
      switch type {
      case .pie: limit ?? 7
      case .list: limit ?? 10
      case .line, .bar, .stacked, .area: nil
      }
    }
  }

  /// Sums of columns, apart for each value of `by`, so that amounts of two currencies are not added up.
  package struct Totals: Hashable, Sendable {
    /// The earlier interval that the sums are compared with.
    package enum Compare: String, Hashable, Sendable, CaseIterable {
      case previous
      /// A week before, for reports of days.
      case weekday
      /// The same day or month a year before, or 52 weeks.
      case year
      case none
    }

    /// The numeric columns to add up.
    package var sum: [String]
    /// The columns by whose values the sums are apart; empty for one sum over all rows.
    package var by: [String]
    /// `previous` by default; of no effect where a page does not show one interval.
    package var compare: Compare

    package init(sum: [String], by: [String] = [], compare: Compare = .previous) {
      self.sum = sum
      self.by = by
      self.compare = compare
    }
  }

  /// How many intervals the charts show, the page's own as the last one; 90 by default.
  package var history: Int
  /// From top to bottom; empty for none.
  package var charts: [Chart]
  /// nil: the page has no sums.
  package var totals: Totals?
  /// How many rows the page shows at most; 1000 by default.
  package var rows: Int
  /// Numeric columns whose values have a bar in the table, as long as their share of the greatest.
  package var bars: [String]
  /// Numeric columns with a small line of each row's history in the table; of reports with `unique_key`.
  package var sparklines: [String]

  package init(
    history: Int = 90, charts: [Chart] = [], totals: Totals? = nil, rows: Int = 1000, bars: [String] = [],
    sparklines: [String] = []
  ) {
    self.history = history
    self.charts = charts
    self.totals = totals
    self.rows = rows
    self.bars = bars
    self.sparklines = sparklines
  }
}
