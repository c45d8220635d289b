import ReportModel

/// The moment the numbers are true for, in words for people.
package struct PageAsOf: Hashable, Sendable {
  /// `2026-11-23 04:30:12 MSK`.
  package var time: String
  package var position: String
  package var timeline: Int
  package var replica: String?

  package init(time: String, position: String, timeline: Int, replica: String?) {
    self.time = time
    self.position = position
    self.timeline = timeline
    self.replica = replica
  }
}

/// Sums of some rows; names are those of columns. Sums of two groups never add up.
package struct TotalsGroup: Hashable, Sendable {
  /// What the rows have in common, the currency for one; empty when the sums are over all.
  package var label: [NamedValue]
  package var sums: [NamedValue]

  package init(label: [NamedValue], sums: [NamedValue]) {
    self.label = label
    self.sums = sums
  }
}

/// Everything a report's page says besides its rows.
package struct PageContent: Hashable, Sendable {
  package var title: String
  package var description: String?
  package var owner: String?
  package var reportName: String
  /// The folder's name: `2026-11-22`.
  package var intervalName: String
  /// nil for a report without intervals.
  package var interval: Interval?
  package var asOf: PageAsOf
  package var parameters: [NamedValue]
  /// In the order of the rows' fields.
  package var columns: [PageColumn]
  /// Of the published rows, shown or not.
  package var totalRows: Int
  package var charts: [ChartContent]
  package var totals: [TotalsGroup]
  /// The name of the file beside the page; nil when there is none.
  package var csvFile: String?
  /// A UUID.
  package var run: String
  package var fingerprint: String
  /// `reportgen 0.1.0`.
  package var generator: String

  package init(
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
