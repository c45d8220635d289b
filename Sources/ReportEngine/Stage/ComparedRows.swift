import ReportLedger
import ReportModel

/// A summary table and the query that is going to write to it, before any row is read.
struct FoundTable: Sendable {
  /// Of the query.
  var columns: [ColumnShape]
  /// The summary table on the primary.
  var existing: TableShape
  /// Triggers or rules of others are on it.
  var othersWrite: Bool
  /// When the attempt began to prepare.
  var began: ContinuousClock.Instant
}

/// What the comparison of new and published rows in one snapshot has counted. No check failed, and no key came twice.
struct ComparedRows: Hashable, Sendable {
  /// New rows of each interval, in the order of the intervals; one number without intervals.
  var rowCounts: [Int]
  var added: Int
  var changed: Int
  var removed: Int
  var equal: Int
  /// Published rows that could have been removed.
  var deletable: Int
  /// Rows of the staging table, counts among them.
  var rowsStaged: Int
  /// The table as the snapshot shows it.
  var published: PublishedTable
}
