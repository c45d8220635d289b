/// The schemas that belong to reportgen itself.
package enum LedgerSchema {
  /// The ledger's tables and views.
  static let ledger = "reportgen"
  /// Staging tables, and summary tables until their first publish.
  package static let staging = "reportgen_staging"

  /// A summary table until its first publish.
  package static func newTable(of report: String) -> String { report + " new" }
  /// Rows that differ from the published ones. A report's name has at most 60 bytes, and a table's 63.
  package static func changesTable(of report: String) -> String { report + " ~" }
  /// Every table of a report in the staging schema.
  static func stagingTables(of report: String) -> [String] {
    [report, newTable(of: report), changesTable(of: report)]
  }
}
