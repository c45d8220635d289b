import PostgresClient

/// What to do about a replica that may not hold everything yet.
enum GateDecision: Hashable, Sendable {
  case proceed
  case wait(milliseconds: Int)
  case refuse(GateRefusal)
}

/// Why a replica is not read.
enum GateRefusal: Hashable, Sendable {
  /// It has replayed what is needed and does not show the primary's newest run.
  case otherHistory(replayed: WALPosition)
  /// - replayed: nil while it has replayed nothing at all.
  case notReplayed(waitedSeconds: Int, replayed: WALPosition?)

  /// For the detail of a diagnostic.
  var sentence: String {
    switch self {
    case .otherHistory(let replayed):
      "It has replayed \(replayed) but does not show the primary's newest run, so it follows another primary."
    case .notReplayed(let seconds, let replayed):
      "Waited \(seconds) s; it has replayed \(replayed.map(String.init) ?? "nothing")."
    }
  }
}

/// Pure, so that every branch is a row of a table in a test; the caller reads the positions and does the waiting.
///
/// - Parameters:
///   - replayed: how far the replica has come; nil while it has replayed nothing at all.
///   - stillMilliseconds: how long `replayed` has not moved.
///   - waitedMilliseconds: since the gate was reached.
///   - patienceMilliseconds: `on_lag.wait`.
func decideGate(
  replayed: WALPosition?, needed: WALPosition, hasRun: Bool, stillMilliseconds: Int, waitedMilliseconds: Int,
  patienceMilliseconds: Int
) -> GateDecision {
  if let replayed, replayed >= needed {
    // The run's own row was committed before the position was read: a server without it replays another history.
    return hasRun ? .proceed : .refuse(.otherHistory(replayed: replayed))
  }
  guard waitedMilliseconds < patienceMilliseconds else {
    return .refuse(.notReplayed(waitedSeconds: waitedMilliseconds / 1000, replayed: replayed))
  }
  // A replica that replays comes nearer within milliseconds; one that is paused does not, and asking costs it little.
  return .wait(
    milliseconds: min(max(2, stillMilliseconds / 4), 250, patienceMilliseconds - waitedMilliseconds))
}
