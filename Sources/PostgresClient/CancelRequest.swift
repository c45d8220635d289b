import CLibPQ
import Glibc
import Synchronization

/// One request to cancel what a server is doing for a connection.
///
/// `PQcancel` makes a blocking connection of its own: it runs on a thread of its own, so that a silent host cannot
/// hold up the one who asks. Owns its `PGcancel`.
final class CancelRequest: @unchecked Sendable {
  private let handle: OpaquePointer
  private let done: Wakeup

  /// - Returns: nil for a connection that is gone.
  init?(_ connection: OpaquePointer) throws {
    guard let handle = PQgetCancel(connection) else { return nil }
    self.handle = handle
    do { done = try Wakeup() } catch {
      PQfreeCancel(handle)
      throw error
    }
  }

  deinit { PQfreeCancel(handle) }

  /// - Returns: whether the request has come to its end: if so, it cannot hit a later statement any more.
  func send(within limit: Duration) throws -> Bool {
    try startThread { self.run() }
    if case .woken = done.wait(until: .now + limit) { return true }
    return false
  }

  private func run() {
    // PQcancel, unlike all else in libpq, sends without a guard against a server that hangs up: the signal would end
    // the process. Blocked, it goes with this thread.
    var pipe = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, nil)
    var text = [CChar](repeating: 0, count: 256)
    // A refusal needs no word: a statement that goes on is noticed by the one who waits for it.
    _ = PQcancel(handle, &text, Int32(text.count))
    done.fire()
  }
}
