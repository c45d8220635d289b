/// How long one call may wait, and why it was told to stop.
///
/// A call is stopped once: its statement is cancelled, and the server gets a few seconds more to say so.
struct Patience {
  enum Stop {
    case cancelled, deadline
  }

  let limit: Duration?
  /// What the server may take to confirm a cancel before the connection is given up.
  let cancelLimit: Duration
  let heedsCancellation: Bool
  private(set) var deadline: ContinuousClock.Instant?
  private(set) var stop: Stop?

  /// - Parameter heedsCancellation: false for the clean-up that a cancelled task has to do.
  init(limit: Duration?, cancelLimit: Duration, heedsCancellation: Bool = true) {
    self.limit = limit
    self.cancelLimit = cancelLimit
    self.heedsCancellation = heedsCancellation
    deadline = limit.map { .now + $0 }
  }

  mutating func stop(_ reason: Stop) {
    stop = reason
    deadline = .now + cancelLimit
  }

  /// `3 s`, `300 ms`.
  static func text(_ duration: Duration) -> String {
    let milliseconds = Int(duration / .milliseconds(1))
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
  }
}
