/// The state of one attempt; the raw value is that of `reportgen.report_run.state`.
package enum AttemptState: String, Hashable, Sendable, Codable {
  /// In progress, or left by a process that died: then no session holds its run's advisory lock.
  case running
  case published
  /// Published, and a failover keeps it.
  case confirmed
  case failed
  /// The process died; the report's next attempt sets this state.
  case abandoned
  /// Staged and checked, and not published on purpose.
  case dryRun = "dry_run"
  /// Deleted the rows of intervals that are no longer kept.
  case expired
  /// A run skipped the report before it could attempt it; in `reportgen.report_history` only.
  case skipped
}

/// The newest state of one interval; the raw value is that of `reportgen.interval.state`.
package enum IntervalState: String, Hashable, Sendable, Codable {
  /// Published before the interval's end; it still counts as missing.
  case open
  case published
  /// Published, and a failover keeps it.
  case confirmed
  /// Its rows were deleted, since they are no longer kept.
  case expired
}
