import ReportLedger
import ReportModel

/// Which published intervals are compared.
package struct VerifyChoice: Hashable, Sendable {
  var dates: DateSelection
  /// At most so many of the newest; nil for all.
  var last: Int?

  /// Without arguments: every published interval.
  package init(dates: DateSelection = .missing, last: Int? = nil) {
    self.dates = dates
    self.last = last
  }

  var isEverything: Bool { dates == .missing && last == nil }
}

/// Which spans of a report are compared with the source, and which intervals are skipped, with the reason. Pure.
struct VerifyPlan: Hashable, Sendable {
  /// Each is computed by one query; the whole of a report has a span without intervals.
  var spans: [Span] = []
  var skipped: [SkippedInterval] = []
  /// Every interval in the ledger, when rows outside of all of them are searched; otherwise nil.
  var knownIntervals: [Interval]?

  /// - Parameters:
  ///   - published: newest first.
  ///   - expired: intervals whose rows were deleted, which is neither missing nor extra.
  ///   - changed: fingerprints that mean something else than the report's.
  ///   - firstReadableDay: intervals that begin before it can no longer be computed.
  init(
    _ report: Report, published: [PublishedInterval], expired: [Interval], changed: Set<String>,
    firstReadableDay: CalendarDate? = nil, choice: VerifyChoice
  ) {
    var chosen = published.filter { choice.dates.chooses($0.interval) }
    // A table shows its newest interval only.
    if report.materialization.kind == .table { chosen = chosen.filter { $0 == published.first } }
    if let last = choice.last { chosen = Array(chosen.prefix(last)) }
    var compared: [Interval] = []
    for facts in chosen.reversed() {
      if let reason = Self.reason(facts, changed, firstReadableDay) {
        skipped.append(SkippedInterval(interval: facts.interval, reason: reason))
      } else if let interval = facts.interval {
        compared.append(interval)
      } else {
        spans = [.whole]
      }
    }
    if !compared.isEmpty { spans = Span.spans(of: compared, batch: report.materialization.batch) }
    // A merge may have rows outside of its intervals.
    if choice.isEverything, !published.isEmpty, report.isByInterval, report.materialization.kind != .merge {
      knownIntervals = (published.compactMap(\.interval) + expired).sorted()
    }
  }

  var intervals: [Interval] { spans.flatMap(\.intervals) }

  private static func reason(
    _ facts: PublishedInterval, _ changed: Set<String>, _ firstReadableDay: CalendarDate?
  ) -> SkippedInterval.Reason? {
    if facts.state == .open { return .open }
    if changed.contains(facts.fingerprint) { return .otherDefinition }
    guard let first = firstReadableDay, let interval = facts.interval else { return nil }
    return interval.start < first ? .sourceExpired : nil
  }

  /// Why nothing of a report can be compared, whatever is published; nil when it can.
  static func obstacle(_ report: Report) -> String? {
    let hasPeriod = report.period != .none
    switch report.materialization.kind {
    case .view: return "a view has no rows of its own"
    case .none: return "\"as: none\" publishes no rows"
    case .append where report.catchUp == .state:
      return "its query has neither :start nor :end: the state that it recorded cannot be computed again"
    case .merge where hasPeriod, .append:
      return report.materialization.timeColumn == nil
        ? "without a time_column the rows of its intervals cannot be told apart" : nil
    case .table, .incremental, .merge: return nil
    }
  }
}

extension Report {
  /// A time column says to which interval a published row belongs.
  var isByInterval: Bool {
    materialization.timeColumn != nil && period != .none
      && [.incremental, .append, .merge].contains(materialization.kind)
  }
}
