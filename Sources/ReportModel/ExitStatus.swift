/// The exit code of the command.
package enum ExitStatus: Int32, Hashable, Sendable, CaseIterable {
  case done = 0
  /// A report failed, or files are owed.
  case failed = 1
  case usage = 64
  /// A wrong definition or configuration.
  case definition = 65
  /// No server could be reached at all.
  case unavailable = 69
  /// A bug in reportgen.
  case bug = 70
  /// Lag, a lock, a failover, or rows that are not confirmed yet: try again later.
  case tryAgain = 75
  case interrupted = 130

  /// The one status of several outcomes: 130, 69 and 64 end a run by themselves, then 70, 65, 1, 75.
  package static func combined(_ statuses: some Sequence<ExitStatus>) -> ExitStatus {
    let order: [ExitStatus] = [.interrupted, .unavailable, .usage, .bug, .definition, .failed, .tryAgain]
    let all = Set(statuses)
    return order.first(where: all.contains) ?? .done
  }
}
