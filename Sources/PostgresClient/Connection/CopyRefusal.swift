import CLibPQ
import Glibc

/// Detects that the server has failed a COPY FROM STDIN while rows are still being sent.
///
/// libpq delivers an error only after the COPY has ended, but notices and notifications at once. Input that is followed
/// by neither within `inputPatience` is therefore taken for an error.
struct CopyRefusal {
  /// The server has closed the connection. 0x2000 is POLLRDHUP of Linux, which Swift's Glibc module does not have.
  static let hangUp = 0x2000 | POLLHUP | POLLERR

  /// The longest time between two parts of one notice.
  private static let inputPatience = Duration.seconds(1)

  /// When input arrived that is neither a notice nor a notification.
  private var unexplainedInputSince: ContinuousClock.Instant?

  /// Whether the COPY has to be ended.
  var isCertain: Bool {
    unexplainedInputSince.map { $0.duration(to: .now) >= Self.inputPatience } ?? false
  }

  mutating func assume() { unexplainedInputSince = .now - Self.inputPatience }

  /// Reads what the server sent.
  ///
  /// - Parameter ready: what `poll` said of the connection's socket.
  /// - Returns: false when the COPY has ended.
  mutating func takeInput(_ connection: OpaquePointer, _ ready: Int32, _ notices: NoticeReceiver) -> Bool {
    // The server's last message is not read here: libpq would discard it on reading end-of-file during COPY.
    guard ready & Self.hangUp == 0 else {
      assume()
      return false
    }
    guard ready & POLLIN != 0 else { return true }
    let noticesBefore = notices.count
    guard PQconsumeInput(connection) == 1 else {
      assume()
      return false
    }
    // Makes libpq parse what it has read.
    _ = PQisBusy(connection)
    var isExplained = notices.count > noticesBefore
    while let notification = PQnotifies(connection) {
      PQfreemem(notification)
      isExplained = true
    }
    unexplainedInputSince = isExplained ? nil : unexplainedInputSince ?? .now
    return true
  }
}
