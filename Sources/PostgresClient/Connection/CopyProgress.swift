import Synchronization

/// The number of rows of one COPY, and how it ended. Any thread reads it; the connection's thread changes it.
final class CopyProgress: Sendable {
  struct State {
    var rows = 0
    var isEnded = false
    /// Thrown again by every later call.
    var failure: (any Error)?
  }

  private let state = Mutex(State())

  var rows: Int { state.withLock(\.rows) }

  func add(rows: Int) { state.withLock { $0.rows += rows } }

  func end(rows: Int) {
    state.withLock {
      $0.rows = rows
      $0.isEnded = true
    }
  }

  func fail(_ failure: any Error) {
    state.withLock {
      $0.isEnded = true
      $0.failure = failure
    }
  }

  /// - Returns: whether the COPY has ended successfully.
  /// - Throws: the error that ended it.
  func isEnded() throws -> Bool {
    let (isEnded, failure) = state.withLock { ($0.isEnded, $0.failure) }
    if let failure { throw failure }
    return isEnded
  }
}
