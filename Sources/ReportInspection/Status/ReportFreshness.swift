import Foundation
import ReportLedger
import ReportModel

/// The age of a report's published rows, and the moment from which they are late.
///
/// All moments are seconds since 1970 by the primary's clock.
package struct ReportFreshness: Hashable, Sendable {
  var now: Double
  /// Of the newest published interval; nil when nothing is published.
  var asOf: Double?
  /// Where the newest published interval ends; nil also without a period.
  var newestEnd: Double?
  /// After this moment the report is late, unless something newer is published; nil when nothing is expected of it.
  var lateAfter: Double?

  var seconds: Double? { asOf.map { max(0, now - $0) } }
  /// False when nothing is expected.
  package var isLate: Bool { lateAfter.map { now > $0 } ?? false }

  init(now: Double, asOf: Double? = nil, newestEnd: Double? = nil, lateAfter: Double? = nil) {
    self.now = now
    self.asOf = asOf
    self.newestEnd = newestEnd
    self.lateAfter = lateAfter
  }

  /// With a period the next interval is due at its end: it has to be published `expect_within` later. Without one the
  /// rows are as old as their as-of.
  ///
  /// - Parameter newest: the newest published interval that was over when it was published.
  init(of report: Report, newest: Interval?, asOf: Double?, now: Double, timezone: String) {
    self.init(now: now, asOf: asOf)
    let midnight = { (day: CalendarDate) in day.midnight(in: timezone) }
    newestEnd = newest.map { midnight($0.end) }
    guard let expected = report.expectWithinSeconds.map(Double.init) else { return }
    guard report.period != .none, let start = report.start else {
      // Nothing was ever published: late at any moment.
      lateAfter = asOf.map { $0 + expected } ?? 0
      return
    }
    let from = max(start, newest?.end ?? start)
    lateAfter = report.period.interval(containing: from).map { midnight($0.end) + expected }
  }

  /// The published rows are gone with their table: late at any moment.
  mutating func lose() { lateAfter = lateAfter.map { _ in 0 } }

  /// `< 1 h`, `4 h`, `3 d`, with `late` behind it; `-` when nothing is published.
  package var text: String {
    let age = age
    if isLate { return age.map { "\($0), late" } ?? "late" }
    return age ?? "-"
  }

  /// `< 1 h`, `4 h`, `3 d`; nil when nothing is published.
  var age: String? { seconds.map(Self.age) }

  private static func age(_ seconds: Double) -> String {
    let hours = Int(seconds / 3600)
    return hours < 1 ? "< 1 h" : hours < 48 ? "\(hours) h" : "\(hours / 24) d"
  }
}

extension ReportFreshness {
  init(of report: Report, _ published: PublishedFreshness, timezone: String) {
    self.init(
      of: report, newest: published.newest, asOf: published.asOf, now: published.now, timezone: timezone)
  }
}

extension CalendarDate {
  /// Seconds since 1970 of the moment at which the day begins in a time zone; where midnight is skipped, the first
  /// moment after it.
  func midnight(in timezone: String) -> Double {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: timezone) ?? .gmt
    let parts = components
    let components = DateComponents(year: parts.year, month: parts.month, day: parts.day)
    guard let date = calendar.date(from: components) else { return Double(daysSinceEpoch) * 86_400 }
    return calendar.startOfDay(for: date).timeIntervalSince1970
  }
}
