/// The schemas that belong to reportgen itself.
package enum LedgerSchema {
  /// The ledger's tables and views.
  static let ledger = "reportgen"
  /// Staging tables, and summary tables until their first publish.
  package static let staging = "reportgen_staging"
}
