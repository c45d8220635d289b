/// Which files a report leaves for reading offline.
public struct ExportSettings: Hashable, Sendable {
  public struct SortKey: Hashable, Sendable {
    public var column: String
    public var descending: Bool

    public init(column: String, descending: Bool = false) {
      self.column = column
      self.descending = descending
    }
  }

  public enum Order: Hashable, Sendable {
    /// The unique key, or as the rows come where there is none.
    case key
    case columns([SortKey])
    /// As the rows come.
    case none
  }

  public var csv: CSVSettings?
  public var html: HTMLSettings?
  public var order: Order
  /// How many of the newest intervals have files.
  public var keep: Int

  public init(
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
public struct CSVSettings: Hashable, Sendable {
  public enum LineEnding: String, Hashable, Sendable, CaseIterable {
    case lf, crlf
  }

  public enum DecimalSign: String, Hashable, Sendable, CaseIterable {
    case point, comma
  }

  /// One ASCII byte, neither a quote nor a line ending.
  public var delimiter: String
  /// A byte order mark in front, by which spreadsheets recognize UTF-8.
  public var bom: Bool
  public var lineEnding: LineEnding
  /// What stands for NULL; an equal text is quoted.
  public var null: String
  /// Puts a `'` before text fields that a spreadsheet would read as a formula (`=`, `+`, `-`, `@`, tab, CR first);
  /// numbers stay as they are.
  public var guardFormulas: Bool
  /// What stands before the fraction of a number; texts stay as they are.
  public var decimal: DecimalSign

  public init(
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
  public static let excel: KeyValuePairs<String, CSVSettings> = [
    "en": CSVSettings(bom: true, lineEnding: .crlf, guardFormulas: true),
    "ru": CSVSettings(delimiter: ";", bom: true, lineEnding: .crlf, guardFormulas: true, decimal: .comma),
  ]
}

/// What a report's HTML page shows besides its rows.
public struct HTMLSettings: Hashable, Sendable {
  public struct Chart: Hashable, Sendable {
    public enum Mark: String, Hashable, Sendable, CaseIterable {
      case line, bar
    }

    public var type: Mark
    public var x: String
    public var y: String
    /// One line or colour for each value of this column.
    public var series: String?
    public var title: String?

    public init(type: Mark, x: String, y: String, series: String? = nil, title: String? = nil) {
      self.type = type
      self.x = x
      self.y = y
      self.series = series
      self.title = title
    }
  }

  /// Sums of columns, apart for each value of `by`: amounts of two currencies never add up to one number.
  public struct Totals: Hashable, Sendable {
    public var sum: [String]
    public var by: [String]

    public init(sum: [String], by: [String] = []) {
      self.sum = sum
      self.by = by
    }
  }

  /// How many intervals up to the page's own the charts show.
  public var history: Int
  public var charts: [Chart]
  public var totals: Totals?
  /// How many rows the page shows at most.
  public var rows: Int

  public init(history: Int = 90, charts: [Chart] = [], totals: Totals? = nil, rows: Int = 1000) {
    self.history = history
    self.charts = charts
    self.totals = totals
    self.rows = rows
  }
}
