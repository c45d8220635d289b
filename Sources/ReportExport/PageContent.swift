import ReportModel

/// A column as a page shows it.
public struct PageColumn: Hashable, Sendable {
  public var name: String
  /// The name, where nobody gave a title.
  public var title: String
  public var description: String?
  /// nil shows values as the data has them, also without thousands set apart: identifiers and years.
  public var format: Column.Format?
  /// Right-aligned.
  public var isNumeric: Bool

  public init(
    name: String, title: String? = nil, description: String? = nil, format: Column.Format? = nil,
    isNumeric: Bool
  ) {
    self.name = name
    self.title = title ?? name
    self.description = description
    self.format = format
    self.isNumeric = isNumeric
  }
}

/// A value beside its name; nil is NULL.
public struct NamedValue: Hashable, Sendable {
  public var name: String
  public var value: String?

  public init(_ name: String, _ value: String?) {
    self.name = name
    self.value = value
  }
}

/// The moment the numbers are true for, in words for people.
public struct PageAsOf: Hashable, Sendable {
  /// `2026-11-23 04:30:12 MSK`.
  public var time: String
  public var position: String
  public var timeline: Int
  public var replica: String?

  public init(time: String, position: String, timeline: Int, replica: String?) {
    self.time = time
    self.position = position
    self.timeline = timeline
    self.replica = replica
  }
}

/// Sums of some rows; names are those of columns. Sums of two groups never add up.
public struct TotalsGroup: Hashable, Sendable {
  /// What the rows have in common, the currency for one; empty when the sums are over all.
  public var label: [NamedValue]
  public var sums: [NamedValue]

  public init(label: [NamedValue], sums: [NamedValue]) {
    self.label = label
    self.sums = sums
  }
}

public struct ChartPoint: Hashable, Sendable {
  public var x: String
  /// As the data has it; nil leaves a gap.
  public var y: String?
  public var series: String?

  public init(x: String, y: String?, series: String? = nil) {
    self.x = x
    self.y = y
    self.series = series
  }
}

/// One chart; points in the order of x, up to about 2,000 of them.
public struct ChartContent: Hashable, Sendable {
  public var spec: HTMLSettings.Chart
  public var points: [ChartPoint]

  public init(spec: HTMLSettings.Chart, points: [ChartPoint]) {
    self.spec = spec
    self.points = points
  }
}

/// Everything a report's page says besides its rows.
public struct PageContent: Hashable, Sendable {
  public var title: String
  public var description: String?
  public var owner: String?
  public var reportName: String
  /// The folder's name: `2026-11-22`.
  public var intervalName: String
  /// nil for a report without intervals.
  public var interval: Interval?
  public var asOf: PageAsOf
  public var parameters: [NamedValue]
  /// In the order of the rows' fields.
  public var columns: [PageColumn]
  /// Of the published rows, shown or not.
  public var totalRows: Int
  public var charts: [ChartContent]
  public var totals: [TotalsGroup]
  /// The name of the file beside the page; nil when there is none.
  public var csvFile: String?
  /// A UUID.
  public var run: String
  public var fingerprint: String
  /// `reportgen 0.1.0`.
  public var generator: String

  public init(
    title: String, description: String? = nil, owner: String? = nil, reportName: String,
    intervalName: String, interval: Interval? = nil, asOf: PageAsOf, parameters: [NamedValue] = [],
    columns: [PageColumn], totalRows: Int, charts: [ChartContent] = [], totals: [TotalsGroup] = [],
    csvFile: String? = nil, run: String, fingerprint: String, generator: String
  ) {
    self.title = title
    self.description = description
    self.owner = owner
    self.reportName = reportName
    self.intervalName = intervalName
    self.interval = interval
    self.asOf = asOf
    self.parameters = parameters
    self.columns = columns
    self.totalRows = totalRows
    self.charts = charts
    self.totals = totals
    self.csvFile = csvFile
    self.run = run
    self.fingerprint = fingerprint
    self.generator = generator
  }

  func column(_ name: String) -> PageColumn {
    columns.first { $0.name == name } ?? PageColumn(name: name, isNumeric: false)
  }
}
