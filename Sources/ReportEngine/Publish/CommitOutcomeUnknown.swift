import PostgresClient
import ReportLedger

/// The connection was lost at COMMIT: only the ledger knows whether the rows are published.
struct CommitOutcomeUnknown: Error {
  var counts: RowCounts
  var cause: PostgresError
}
