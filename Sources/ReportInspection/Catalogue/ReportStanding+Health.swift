import Foundation
import ReportExport
import ReportLedger
import ReportModel

extension ReportStanding {
  init(_ health: ReportHealth, _ checks: [CheckCount], clock: ZoneClock) {
    let (status, freshness) = (health.status, health.freshness)
    self.init(
      state: status.stateText,
      level: Self.level(status, isLate: freshness.isLate || health.isLost), newest: status.newest,
      rows: status.rows, asOf: status.asOf, unproven: status.asOfUnproven, age: freshness.age,
      isLate: freshness.isLate, asOfSeconds: freshness.asOf.map { Int($0) },
      lateAfterSeconds: freshness.lateAfter.map { Int($0) },
      lateAfter: freshness.lateAfter.flatMap { $0 > 0 ? clock.text($0) : nil },
      missing: status.missing, nextMissing: status.nextMissing, failedIntervals: status.failedIntervals,
      missed: status.missed, outdated: status.outdated, expired: status.expired, lastRun: status.lastRun,
      lastState: status.lastState, lastError: status.lastError,
      checks: Dictionary(
        checks.map {
          ($0.check, CheckValue(isPassed: $0.passed, rows: $0.rows, isAtLeast: $0.atLeast))
        }
      ) { first, _ in first })
  }

  /// What the colour says of everything that `status` shows.
  static func level(_ status: ReportStatus, isLate: Bool) -> Level {
    let last = status.lastState.flatMap { LastRunState(rawValue: $0) }
    if isLate || status.table != nil || !status.failedIntervals.isEmpty { return .bad }
    if last == .failed || last == .abandoned { return .bad }
    guard status.state == IntervalState.confirmed.rawValue, status.missing == 0, status.outdated == 0 else {
      return .wait
    }
    return last == .skipped || last == .interrupted || last == .running ? .wait : .good
  }
}

/// Shows moments as local times.
struct ZoneClock: Sendable {
  private let zone: TimeZone
  private let name: String

  /// - Parameter timezone: an IANA name.
  init(_ timezone: String) {
    zone = TimeZone(identifier: timezone) ?? .gmt
    name = timezone
  }

  /// `2026-11-24 07:00 Europe/Moscow`; nil outside of the calendar.
  ///
  /// - Parameter seconds: since 1970.
  func text(_ seconds: Double) -> String? {
    let local = Int(seconds) + zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))
    let day = Int((Double(local) / 86_400).rounded(.down))
    guard let date = CalendarDate(daysSinceEpoch: day) else { return nil }
    let minutes = (local - day * 86_400) / 60
    let time = [minutes / 60, minutes % 60].map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: ":")
    return "\(date) \(time) \(name)"
  }
}
