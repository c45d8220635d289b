/// Which files a report leaves for reading offline.
package struct ExportSettings: Hashable, Sendable {
  package struct SortKey: Hashable, Sendable {
    package var column: String
    package var descending: Bool

    package init(column: String, descending: Bool = false) {
      self.column = column
      self.descending = descending
    }
  }

  package enum Order: Hashable, Sendable {
    /// The unique key, or as the rows come where there is none.
    case key
    case columns([SortKey])
    /// As the rows come.
    case none
  }

  package var csv: CSVSettings?
  package var html: HTMLSettings?
  package var order: Order
  /// How many of the newest intervals have files.
  package var keep: Int

  package init(
    csv: CSVSettings? = CSVSettings(), html: HTMLSettings? = HTMLSettings(), order: Order = .key,
    keep: Int = 31
  ) {
    self.csv = csv
    self.html = html
    self.order = order
    self.keep = keep
  }
}

/// How a CSV file is written; the defaults are PostgreSQL's own `COPY … (FORMAT csv, HEADER)`.
package struct CSVSettings: Hashable, Sendable {
  package enum LineEnding: String, Hashable, Sendable, CaseIterable {
    case lf, crlf
  }

  package enum DecimalSign: String, Hashable, Sendable, CaseIterable {
    case point, comma
  }

  /// One ASCII byte, neither a quote nor a line ending.
  package var delimiter: String
  /// A byte order mark in front, by which spreadsheets recognize UTF-8.
  package var bom: Bool
  package var lineEnding: LineEnding
  /// What stands for NULL; an equal text is quoted.
  package var null: String
  /// Puts a `'` before text fields that a spreadsheet would read as a formula (`=`, `+`, `-`, `@`, tab, CR first);
  /// numbers stay as they are.
  package var guardFormulas: Bool
  /// What stands before the fraction of a number; texts stay as they are.
  package var decimal: DecimalSign

  package init(
    delimiter: String = ",", bom: Bool = false, lineEnding: LineEnding = .lf, null: String = "",
    guardFormulas: Bool = false, decimal: DecimalSign = .point
  ) {
    self.delimiter = delimiter
    self.bom = bom
    self.lineEnding = lineEnding
    self.null = null
    self.guardFormulas = guardFormulas
    self.decimal = decimal
  }

  /// Settings with which Excel opens a file by a double click, by the region that the computer is set to.
  package static let excel: KeyValuePairs<String, CSVSettings> = [
    "en": CSVSettings(bom: true, lineEnding: .crlf, guardFormulas: true),
    "ru": CSVSettings(delimiter: ";", bom: true, lineEnding: .crlf, guardFormulas: true, decimal: .comma),
  ]
}

/// What a report's HTML page shows besides its rows.
package struct HTMLSettings: Hashable, Sendable {
  package struct Chart: Hashable, Sendable {
    package enum Mark: String, Hashable, Sendable, CaseIterable {
      case line, bar
    }

    package var type: Mark
    package var x: String
    package var y: String
    /// One line or colour for each value of this column.
    package var series: String?
    package var title: String?

    package init(type: Mark, x: String, y: String, series: String? = nil, title: String? = nil) {
      self.type = type
      self.x = x
      self.y = y
      self.series = series
      self.title = title
    }
  }

  /// Sums of columns, apart for each value of `by`: amounts of two currencies never add up to one number.
  package struct Totals: Hashable, Sendable {
    package var sum: [String]
    package var by: [String]

    package init(sum: [String], by: [String] = []) {
      self.sum = sum
      self.by = by
    }
  }

  /// How many intervals up to the page's own the charts show.
  package var history: Int
  package var charts: [Chart]
  package var totals: Totals?
  /// How many rows the page shows at most.
  package var rows: Int

  package init(history: Int = 90, charts: [Chart] = [], totals: Totals? = nil, rows: Int = 1000) {
    self.history = history
    self.charts = charts
    self.totals = totals
    self.rows = rows
  }
}
