/// How long one call may wait, and why it was stopped.
///
/// Stopping a call cancels its statement and sets a new deadline, by which the server has to confirm the cancel.
struct Patience {
  enum Stop {
    case cancelled, deadline
  }

  let limit: Duration?
  /// The time that the server has to confirm a cancel; after it the connection is lost.
  let cancelLimit: Duration
  let heedsCancellation: Bool
  /// What the call has received so far of answers that are kept in memory; at least, where more came meanwhile.
  var receivedBytes = 0
  private(set) var deadline: ContinuousClock.Instant?
  private(set) var stop: Stop?
  /// When the cancel is requested again; nil before the first request.
  private var nextRequest: ContinuousClock.Instant?
  private var requestPause = Duration.milliseconds(200)

  /// - Parameter heedsCancellation: false for clean-up in a cancelled task.
  init(limit: Duration?, cancelLimit: Duration, heedsCancellation: Bool = true) {
    self.limit = limit
    self.cancelLimit = cancelLimit
    self.heedsCancellation = heedsCancellation
    deadline = limit.map { .now + $0 }
  }

  mutating func stop(_ reason: Stop) {
    stop = reason
    deadline = .now + cancelLimit
    nextRequest = .now + requestPause
  }

  /// The next moment at which something has to be done if the server says nothing.
  var wakeTime: ContinuousClock.Instant? {
    guard let deadline, let nextRequest else { return deadline }
    return min(deadline, nextRequest)
  }

  /// Whether the cancel has to be requested once more; false when the time for it is over.
  ///
  /// A server ignores a request that arrives before it begins with the statement.
  mutating func requestsAgain() -> Bool {
    guard let deadline, .now < deadline else { return false }
    requestPause = min(requestPause * 2, .seconds(5))
    nextRequest = .now + requestPause
    return true
  }

  /// `3 s`, `300 ms`.
  static func text(_ duration: Duration) -> String {
    let milliseconds = Int(duration / .milliseconds(1))
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
  }
}
