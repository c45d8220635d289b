import Foundation

/// One stanza of `pgbackrest info --output=json`.
///
/// - SeeAlso: pgBackRest, command reference, "Info".
struct BackupFacts: Hashable, Sendable, Decodable {
  struct Status: Hashable, Sendable, Decodable {
    var code: Int
    var message: String
  }

  struct Backup: Hashable, Sendable, Decodable {
    struct Times: Hashable, Sendable, Decodable {
      /// Seconds since 1970.
      var stop: Int
    }

    var label: String
    /// `full`, `diff` or `incr`.
    var type: String
    var timestamp: Times
    /// Pages whose checksum was wrong.
    var error: Bool?
  }

  /// The stanza.
  var name: String
  var status: Status
  /// Oldest first.
  var backup: [Backup]

  var newest: Backup? { backup.max { $0.timestamp.stop < $1.timestamp.stop } }

  /// - Returns: nil for a text that is not pgBackRest's JSON.
  static func read(_ text: String) -> [BackupFacts]? {
    try? JSONDecoder().decode([BackupFacts].self, from: Data(text.utf8))
  }
}
