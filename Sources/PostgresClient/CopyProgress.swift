import Synchronization

enum CopyDirection {
  case out, `in`
}

/// How far one COPY is and how it ended; read from anywhere, changed on the connection's thread.
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

  /// - Throws: what ended it, if that was a failure.
  /// - Returns: whether it is over.
  func isEnded() throws -> Bool {
    let (isEnded, failure) = state.withLock { ($0.isEnded, $0.failure) }
    if let failure { throw failure }
    return isEnded
  }
}
