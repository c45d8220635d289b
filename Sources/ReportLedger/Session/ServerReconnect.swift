import PostgresClient
import ReportModel

/// Opens sessions on one server and retries while it does not answer: a restart takes seconds, a failover half a minute.
///
/// All sessions that one outage ends share one time limit, `patience`.
package actor ServerReconnect {
  private static let firstPause = Duration.milliseconds(100)
  private static let longestPause = Duration.seconds(1)
  /// Connecting to an address without a host takes until a network time-out, so attempts after `patience` are rare.
  private static let longestRest = Duration.seconds(5)

  private let server: String
  private let patience: Duration
  /// Called once for each outage.
  private let onWait: @Sendable (Diagnostic) -> Void
  /// Whether a session was ever opened.
  private var wasReached = false
  private var outageBegan: ContinuousClock.Instant?
  /// The last error and its time, once `patience` has expired.
  private var refused: (error: PostgresError, at: ContinuousClock.Instant)?

  /// - Parameter server: as connections name it.
  package init(to server: String, patience: Duration, onWait: @escaping @Sendable (Diagnostic) -> Void) {
    self.server = server
    self.patience = patience
    self.onWait = onWait
  }

  /// Opens a session, and retries while the server does not answer.
  ///
  /// - Parameter isSpare: the run can do without the session, so a server that has too many is not waited for.
  /// - Throws: the last error; at once when `patience` has expired and the last attempt was less than 5 s ago, and when
  ///   waiting is not known to help: a server that was never reached does not answer, or the error is of another kind.
  package func opening<Value: Sendable>(
    isSpare: Bool = false, _ open: @Sendable () async throws -> Value
  ) async throws -> Value {
    if let refused, refused.at.duration(to: .now) < min(Self.longestRest, patience) { throw refused.error }
    var pause = Self.firstPause
    while true {
      do {
        let opened = try await open()
        (wasReached, outageBegan, refused) = (true, nil, nil)
        return opened
      } catch let error as PostgresError where canReturn(error) && !(isSpare && error.isOfTooManySessions) {
        let since = outageBegan ?? .now
        guard ContinuousClock.now + pause < since + patience else {
          (outageBegan, refused) = (since, (error, .now))
          throw error
        }
        if outageBegan == nil { onWait(waiting(error)) }
        outageBegan = since
        try await Task.sleep(for: pause)
        pause = min(pause * 2, Self.longestPause)
      }
    }
  }

  private func waiting(_ error: PostgresError) -> Diagnostic {
    var diagnostic = RunError.from(error).diagnostic
    diagnostic.message =
      "waiting up to \(patience.components.seconds) s for the \(server): \(diagnostic.message)"
    return diagnostic
  }

  private func canReturn(_ error: PostgresError) -> Bool {
    error.server == server && error.isTransient
      && (error.isRefusalForNow || wasReached && (error.isConnectFailure || error.isConnectionLost))
  }
}

extension PostgresError {
  /// The server answers but accepts no session now: it has too many, is starting, stopping or recovering.
  var isRefusalForNow: Bool {
    isConnectFailure && [SQLState.tooManyConnections, .cannotConnectNow].contains(where: sqlState.matches)
  }

  /// No further session can be opened; open ones are not affected.
  package var isOfTooManySessions: Bool { isConnectFailure && sqlState.matches(.tooManyConnections) }
}
