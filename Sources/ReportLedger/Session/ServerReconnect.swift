import PostgresClient
import ReportModel

/// How long a run waits for a server that it has met and that is away: a restart takes seconds, a failover half a
/// minute. Each absence has one patience, however many sessions it costs.
package actor ServerReconnect {
  private static let firstPause = Duration.milliseconds(100)
  private static let longestPause = Duration.seconds(1)
  /// Every question to an address that nobody has costs a time-out of the network.
  private static let longestRest = Duration.seconds(5)

  private let server: String
  private let patience: Duration
  /// Hears of each absence once.
  private let onWait: @Sendable (Diagnostic) -> Void
  private var wasMet = false
  private var began: ContinuousClock.Instant?
  /// How the last question ended when the patience was over, and when.
  private var refused: (error: PostgresError, at: ContinuousClock.Instant)?

  /// - Parameter server: as connections name it.
  package init(to server: String, patience: Duration, onWait: @escaping @Sendable (Diagnostic) -> Void) {
    self.server = server
    self.patience = patience
    self.onWait = onWait
  }

  /// Opens a session, again and again while the server is away.
  ///
  /// - Parameter isSpare: the session can be done without, so that nobody waits for a server with too many of them.
  /// - Throws: the last error; at once where the patience is over and somebody has asked a moment ago, and where waiting
  ///   is not known to help: for a server that was never met and does not answer, and for any error of another kind.
  package func opening<Value: Sendable>(
    isSpare: Bool = false, _ open: @Sendable () async throws -> Value
  ) async throws -> Value {
    if let refused, refused.at.duration(to: .now) < min(Self.longestRest, patience) { throw refused.error }
    var pause = Self.firstPause
    while true {
      do {
        let opened = try await open()
        (wasMet, began, refused) = (true, nil, nil)
        return opened
      } catch let error as PostgresError where canReturn(error) && !(isSpare && error.isOfTooManySessions) {
        let since = began ?? .now
        guard ContinuousClock.now + pause < since + patience else {
          (began, refused) = (since, (error, .now))
          throw error
        }
        if began == nil { onWait(waiting(error)) }
        began = since
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
      && (error.isRefusalForNow || wasMet && (error.isConnectFailure || error.isConnectionLost))
  }
}

extension PostgresError {
  /// The server is there and takes no session right now: it has too many, is starting, stopping or recovering.
  var isRefusalForNow: Bool {
    isConnectFailure && [SQLState.tooManyConnections, .cannotConnectNow].contains(where: sqlState.matches)
  }

  /// No further session is to be had, but those that are there go on.
  package var isOfTooManySessions: Bool { isConnectFailure && sqlState.matches(.tooManyConnections) }
}
