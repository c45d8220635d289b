import PostgresClient

/// What to do about a replica that may not hold everything yet.
enum GateDecision: Hashable, Sendable {
  case proceed
  case wait(milliseconds: Int)
  case refuse(reason: String)
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
    return hasRun
      ? .proceed : .refuse(reason: "it replayed \(replayed) but does not hold the primary's newest run")
  }
  let position = replayed.map(String.init) ?? "nothing"
  guard waitedMilliseconds < patienceMilliseconds else {
    return .refuse(reason: "waited \(waitedMilliseconds / 1000) s; it has replayed \(position)")
  }
  // A replica that replays comes nearer within milliseconds; one that is paused does not, and asking costs it little.
  return .wait(
    milliseconds: min(max(2, stillMilliseconds / 4), 250, patienceMilliseconds - waitedMilliseconds))
}
