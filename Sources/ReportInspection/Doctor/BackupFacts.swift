import Foundation
import ReportEngine
import ReportLedger

/// What `pgbackrest info --output=json` says of one stanza.
///
/// - SeeAlso: pgBackRest, command reference, "Info".
struct BackupFacts: Hashable, Sendable, Decodable {
  package struct Status: Hashable, Sendable, Decodable {
    package var code: Int
    package var message: String
  }

  struct Backup: Hashable, Sendable, Decodable {
    struct Times: Hashable, Sendable, Decodable {
      /// Seconds since 1970.
      var stop: Int
    }

    package var label: String
    /// `full`, `diff` or `incr`.
    var type: String
    var timestamp: Times
    /// Pages whose checksum was wrong.
    package var error: Bool?
  }

  /// The stanza.
  package var name: String
  package var status: Status
  /// Oldest first.
  package var backup: [Backup]

  package var newest: Backup? { backup.max { $0.timestamp.stop < $1.timestamp.stop } }

  /// - Returns: nil for a text that is not pgBackRest's JSON.
  package static func read(_ text: String) -> [BackupFacts]? {
    try? JSONDecoder().decode([BackupFacts].self, from: Data(text.utf8))
  }
}
