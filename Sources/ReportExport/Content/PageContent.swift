import ReportModel

/// The as-of of a page: its rows contain everything that was committed before it.
package struct PageAsOf: Hashable, Sendable {
  /// `2026-11-23 04:30:12 MSK`.
  package var time: String
  /// A WAL position: `0/5C0000A8`.
  package var position: String
  /// The timeline of the position.
  package var timeline: Int
  /// The replica that the rows were read from; nil for the primary.
  package var replica: String?
  /// What was read of other servers, for which the as-of does not hold.
  package var unproven: [String]

  package init(time: String, position: String, timeline: Int, replica: String?, unproven: [String] = []) {
    self.unproven = unproven
    self.time = time
    self.position = position
    self.timeline = timeline
    self.replica = replica
  }
}

/// The content of a report's page, except its rows.
package struct PageContent: Hashable, Sendable {
  /// The report's title.
  package var title: String
  /// Shown below the title; may have several lines.
  package var description: String?
  /// From the report's definition.
  package var owner: String?
  /// `sales-daily`.
  package var reportName: String
  /// The name of the interval's folder: `2026-11-22`.
  package var intervalName: String
  /// nil for a report without intervals.
  package var interval: Interval?
  /// When the rows were read.
  package var asOf: PageAsOf
  /// Names and values of the parameters.
  package var parameters: [NamedValue]
  /// In the order of the rows' fields.
  package var columns: [PageColumn]
  /// The number of published rows, also of those that are not shown.
  package var totalRows: Int
  /// Above the table, in the order to show.
  package var charts: [ChartContent]
  /// At the top of the page.
  package var totals: PageTotals
  /// What the page offers to download, in the order to show.
  package var downloads: [PageDownload]
  /// A UUID.
  package var run: String
  /// The version of the definition.
  package var fingerprint: String
  /// `reportgen 0.2.0`.
  package var generator: String
  /// Of words, numbers and dates; titles and descriptions are in it already.
  package var language: Language
  /// Whether the rows have one more field, with the sizes of the values that come shortened: `position:bytes`, blanks between.
  package var hasSizes = false

  /// A longer value is truncated on the page, so that the page opens on a phone.
  package static let maxCellBytes = 8192

  package init(
    title: String, description: String? = nil, owner: String? = nil, reportName: String,
    intervalName: String, interval: Interval? = nil, asOf: PageAsOf, parameters: [NamedValue] = [],
    columns: [PageColumn], totalRows: Int, charts: [ChartContent] = [],
    totals: PageTotals = PageTotals(),
    downloads: [PageDownload] = [], run: String, fingerprint: String, generator: String,
    language: Language = .english
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
    self.downloads = downloads
    self.run = run
    self.fingerprint = fingerprint
    self.generator = generator
    self.language = language
  }

  func column(_ name: String) -> PageColumn {
    columns.first { $0.name == name } ?? PageColumn(name: name, isNumeric: false)
  }
}
