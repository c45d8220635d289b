import CLibPQ
import Glibc
import Synchronization

/// One request to cancel the statement that a server is running for a connection.
///
/// `PQcancel` opens a second connection and blocks. It runs on a thread of its own, so that a host that does not answer
/// cannot block the caller. Owns its `PGcancel`.
final class CancelRequest: @unchecked Sendable {
  private let handle: OpaquePointer
  private let done: Wakeup

  /// - Returns: nil when the connection is lost.
  init?(_ connection: OpaquePointer) throws {
    guard let handle = PQgetCancel(connection) else { return nil }
    self.handle = handle
    do { done = try Wakeup() } catch {
      PQfreeCancel(handle)
      throw error
    }
  }

  deinit { PQfreeCancel(handle) }

  /// - Returns: whether the request was processed within the limit. If not, it may still cancel a later statement.
  func send(within limit: Duration) throws -> Bool {
    try startThread { self.run() }
    if case .woken = done.wait(until: .now + limit) { return true }
    return false
  }

  private func run() {
    // Unlike the rest of libpq, PQcancel does not suppress SIGPIPE: when the server closes the connection, the signal would
    // end the process. Blocked, a pending signal ends with this thread.
    var pipe = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, nil)
    var text = [CChar](repeating: 0, count: 256)
    // The result is not needed: when the request is refused, the caller's wait for the statement times out.
    _ = PQcancel(handle, &text, Int32(text.count))
    done.fire()
  }
}
