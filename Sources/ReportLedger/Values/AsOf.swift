import PostgresClient
import ReportModel

/// The moment that a report's rows are true for, as lower bounds: they hold everything committed before it.
package struct AsOf: Hashable, Sendable, Codable {
  /// What the replica had to replay; the page's start when the primary's position was right after a page header.
  package var position: WALPosition
  /// The primary's clock in the project's time zone: `2026-11-23 04:30:12 MSK`.
  package var time: String
  /// The same moment with its offset, as PostgreSQL reads it back exactly.
  var isoTime: String
  /// That moment's day in the project's time zone: intervals that end after it are open.
  package var today: CalendarDate
  /// The timeline that `position` belongs to.
  package var timeline: Int
  /// The exported snapshot's name on the replica; empty until it is taken.
  package var snapshot: String
  /// Which server was read: host and port, or the socket's folder.
  package var replica: String
  /// What was read of other servers, for which the as-of does not hold, as `RowsElsewhere` names it; nil: nothing.
  package private(set) var unproven: [String]?

  package init(
    position: WALPosition, time: String, isoTime: String, today: CalendarDate, timeline: Int,
    snapshot: String, replica: String
  ) {
    self.position = position
    self.time = time
    self.isoTime = isoTime
    self.today = today
    self.timeline = timeline
    self.snapshot = snapshot
    self.replica = replica
  }

  package func unproven(for sources: [String]) -> AsOf {
    var asOf = self
    asOf.unproven = sources.isEmpty ? nil : sources
    return asOf
  }

  /// For people: the time, and whether it is certain.
  package var shown: String { unproven == nil ? time : "\(time) (unproven)" }
}
