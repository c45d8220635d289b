import Foundation
import PostgresClient
import ReportModel

/// Reads and writes schema `reportgen` on the primary, each call one round trip.
///
/// Keeps no state: other runs, Superset and people read the same rows, so nothing is cached.
package struct Ledger: Sendable {
  /// To the primary, or, for reading alone, to a replica.
  package let connection: Connection

  package init(connection: Connection) {
    self.connection = connection
  }

  package var history: RunHistory { RunHistory(connection: connection) }
  package var tables: TableRecords { TableRecords(connection: connection) }
  package var orphans: OrphanRecords { OrphanRecords(connection: connection) }

  /// An interval as the ledger has it; nil bounds for a report without a period.
  package struct Entry: Hashable, Sendable {
    /// Nil for the whole of a report.
    package var interval: Interval?
    package var state: IntervalState
    var attemptID: UUID
    package var runID: UUID
    var rowCount: Int?
    /// Of the definition that made the rows.
    var fingerprint = ""

    init(
      interval: Interval?, state: IntervalState, attemptID: UUID, runID: UUID, rowCount: Int?,
      fingerprint: String = ""
    ) {
      self.interval = interval
      self.state = state
      self.attemptID = attemptID
      self.runID = runID
      self.rowCount = rowCount
      self.fingerprint = fingerprint
    }
  }
}
