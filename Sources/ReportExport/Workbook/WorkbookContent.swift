import ReportModel

/// What the sheet about the rows says of one report.
package struct WorkbookReport: Hashable, Sendable {
  package var title: String
  package var description: String?
  package var owner: String?
  package var reportName: String
  /// The name of the interval's folder.
  package var intervalName: String
  package var interval: Interval?
  package var asOf: PageAsOf
  package var parameters: [NamedValue]
  /// The query that ran, with literals in place of parameters.
  package var sql: String
  package var fingerprint: String
  /// A UUID.
  package var run: String
  package var publishedAt: String?

  package init(
    title: String, description: String?, owner: String?, reportName: String, intervalName: String,
    interval: Interval?, asOf: PageAsOf, parameters: [NamedValue], sql: String, fingerprint: String,
    run: String,
    publishedAt: String?
  ) {
    self.title = title
    self.description = description
    self.owner = owner
    self.reportName = reportName
    self.intervalName = intervalName
    self.interval = interval
    self.asOf = asOf
    self.parameters = parameters
    self.sql = sql
    self.fingerprint = fingerprint
    self.run = run
    self.publishedAt = publishedAt
  }
}

/// Sums below a report's rows.
package struct SheetTotals: Hashable, Sendable {
  /// The value of each column, in PostgreSQL's text format; nil for a column without a sum.
  package var rows: [[String?]]
  /// Columns that have sums.
  package var sums: Set<String>
  /// Columns whose values tell the rows apart.
  package var by: Set<String>
  /// How many more rows there would be.
  package var missing: Int

  package init(rows: [[String?]] = [], sums: Set<String> = [], by: Set<String> = [], missing: Int = 0) {
    self.rows = rows
    self.sums = sums
    self.by = by
    self.missing = missing
  }

  package static let none = SheetTotals()
}

/// What became of a report's rows in a workbook.
package struct SheetResult: Hashable, Sendable {
  /// Names and numbers of rows, in the order of the sheets.
  package var sheets: [Sheet]
  /// Columns with values that were cut, and how many.
  package var cut: [Cut]
  /// Groups whose sums are not shown.
  package var missingTotals: Int
  package var columns: [SheetColumn]

  package struct Sheet: Hashable, Sendable {
    package var name: String
    package var rows: Int
  }

  package struct Cut: Hashable, Sendable {
    /// Its title.
    package var column: String
    package var values: Int
  }

  package var rowCount: Int { sheets.map(\.rows).reduce(0, +) }
}
