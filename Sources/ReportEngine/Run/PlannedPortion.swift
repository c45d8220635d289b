import ReportLedger
import ReportModel

/// The first stage of an attempt: a portion of one report that is going to be read, and in which lane.
struct PlannedPortion: Sendable {
  var report: Report
  var portion: Portion
  /// Attempts so far that ended with a failure which another attempt can overcome.
  var tries = 0
  /// One of the halves of a portion that failed because of some rows.
  var isPart = false
  /// All rows are staged, since an attempt has met published rows that others had changed.
  var stagesAll = false
  /// Which session on the primary carries its attempts; 0 is the run's own.
  var lane = 0

  func with(_ portion: Portion) -> PlannedPortion {
    var other = self
    other.portion = portion
    return other
  }

  func inLane(_ lane: Int) -> PlannedPortion {
    var other = self
    other.lane = lane
    return other
  }

  /// What an attempt left to read, as a portion of its own.
  func followed(by rest: Portion) -> PlannedPortion {
    var next = with(rest)
    next.tries = 0
    return next
  }
}

/// A portion that is attempted again, and the failure of its last attempt.
struct Retry: Sendable {
  var portion: PlannedPortion
  var cause: RunError
}

/// How an attempt ended that did not reach the next stage.
enum AttemptEnd: Sendable {
  /// Another attempt can succeed: lag, a lost server, a deadlock.
  case retry(Retry)
  /// Some rows are the cause: the halves are attempted apart, so that only the intervals of those rows fail.
  case divided([Retry])
  case failed(RunError)

  /// So many failed intervals of one report are looked for one by one; with more the definition is the likelier cause.
  static let maxFailedParts = 5

  /// Pure: the failure, and how many intervals of the report have failed already, decide.
  static func decide(_ failure: RunError, of planned: PlannedPortion, failedIntervals: Int) -> AttemptEnd {
    if failure.isTransient {
      var next = planned
      // Once, since full staging compares under the publish's own locks.
      let isOtherWay = failure.needsFullStaging && !planned.stagesAll
      next.stagesAll = planned.stagesAll || isOtherWay
      next.tries += isOtherWay ? 0 : 1
      return .retry(Retry(portion: next, cause: failure))
    }
    guard failure.isOfRows, failedIntervals < maxFailedParts,
      let halves = planned.portion.halves(of: planned.report)
    else { return .failed(failure) }
    return .divided(
      halves.map { half in
        var part = PlannedPortion(report: planned.report, portion: half, lane: planned.lane)
        part.isPart = true
        return Retry(portion: part, cause: failure)
      })
  }
}

/// What one step made of several portions: those that go on, and those that are attempted again. What failed for good is
/// in the journal.
struct StepResult<Done: Sendable>: Sendable {
  var done: [Done] = []
  var retries: [Retry] = []
}
