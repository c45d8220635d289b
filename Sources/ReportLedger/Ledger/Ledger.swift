import Foundation
import PostgresClient
import ReportModel

/// Reads and writes schema `reportgen` on the primary, each call one round trip.
///
/// The rows are what other runs, Superset and people believe; nothing is kept here.
package struct Ledger: Sendable {
  package let connection: Connection

  package init(connection: Connection) {
    self.connection = connection
  }

  /// An interval as the ledger has it; nil bounds for a report without a period.
  package struct Entry: Hashable, Sendable {
    package var interval: Interval?
    package var state: IntervalState
    package var attemptID: UUID
    package var runID: UUID
    package var rowCount: Int?
    /// Of the definition that made the rows.
    package var fingerprint = ""

    package init(
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
