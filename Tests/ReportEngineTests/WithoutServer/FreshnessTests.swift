import Foundation
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// When a report is late.
  @Suite struct FreshnessTests {
    struct Case: Sendable, CustomTestStringConvertible {
      var testDescription: String
      var period = Period.day
      var start: String? = "2026-01-01"
      /// First day of the newest published interval.
      var newest: String?
      var asOf: Double?
      var hours: Int? = 26
      var timezone = "UTC"
      var expected: String?
    }

    static let cases: [Case] = [
      Case(
        testDescription: "a day is due when it is over", newest: "2026-01-06",
        expected: "2026-01-09T02:00:00Z"),
      Case(
        testDescription: "… where the project is", newest: "2026-01-06", timezone: "Europe/Moscow",
        expected: "2026-01-08T23:00:00Z"),
      Case(
        testDescription: "… however long that day is: in Berlin it has 23 hours", newest: "2026-03-28",
        hours: 1, timezone: "Europe/Berlin", expected: "2026-03-29T23:00:00Z"),
      Case(
        testDescription: "a month is late by the same rule", period: .month, newest: "2025-12-01",
        expected: "2026-02-02T02:00:00Z"),
      Case(
        testDescription: "a week too", period: .week, newest: "2026-01-05", hours: 0,
        expected: "2026-01-19T00:00:00Z"),
      Case(
        testDescription: "nothing is published: its first interval was due",
        expected: "2026-01-03T02:00:00Z"),
      Case(
        testDescription: "nothing is published, and nothing is due yet", start: "2026-07-01",
        expected: "2026-07-03T02:00:00Z"),
      Case(
        testDescription: "what was published before a start that has moved does not count",
        start: "2026-07-01", newest: "2026-01-06", expected: "2026-07-03T02:00:00Z"),
      Case(
        testDescription: "without a period the as-of counts", period: .none, start: nil,
        asOf: 1_767_225_600, expected: "2026-01-02T02:00:00Z"),
      Case(
        testDescription: "without a period nothing published is late since ever", period: .none, start: nil,
        expected: "1970-01-01T00:00:00Z"),
      Case(testDescription: "nothing is expected", newest: "2026-01-06", hours: nil, expected: nil),
    ]

    @Test("a report is late when what was due is not there in time", arguments: cases)
    func lateAfter(_ item: Case) throws {
      var report = Sample.report("r", item.period == .none ? .table : .incremental, period: item.period)
      report.start = item.start.map(Definition.date)
      report.expectWithinSeconds = item.hours.map { $0 * 3600 }
      let newest = item.newest.map(Definition.date).flatMap(item.period.interval)
      let freshness = ReportFreshness(
        of: report, newest: newest, asOf: item.asOf, now: 1_767_225_600, timezone: item.timezone)
      let after = freshness.lateAfter.map { Date(timeIntervalSince1970: $0).ISO8601Format() }
      #expect(after == item.expected)
    }

    @Test("late begins after that moment")
    func moment() {
      #expect(!ReportFreshness(now: 100, lateAfter: 100).isLate)
      #expect(ReportFreshness(now: 100.001, lateAfter: 100).isLate)
      #expect(!ReportFreshness(now: 1e12).isLate)
    }

    @Test("a report whose table is gone is late, for people and for programs")
    func lost() {
      var report = Sample.report("r", .incremental, period: .day)
      report.expectWithinSeconds = 3600
      let fresh = ReportFreshness(now: 1e9, asOf: 1e9, lateAfter: 2e9)
      for isLost in [false, true] {
        let health = ReportHealth(report, ReportStatus(report: "r", missing: 0), fresh, isLost: isLost)
        #expect(health.freshness.isLate == isLost && health.status.late == isLost)
      }
    }

    @Test(
      "how fresh it is, for people",
      arguments: [
        (nil, nil, "-"), (nil, 0.0, "late"), (0, nil, "< 1 h"), (3599, nil, "< 1 h"), (3600, nil, "1 h"),
        (172_799, nil, "47 h"), (172_800, nil, "2 d"), (200_000, 1, "2 d, late"), (-5, nil, "< 1 h"),
      ])
    func text(_ age: Double?, _ lateAfter: Double?, _ text: String) {
      #expect(
        ReportFreshness(now: 1e9, asOf: age.map { 1e9 - $0 }, lateAfter: lateAfter).text == text)
    }

    @Test(
      "a day begins where its time zone says",
      arguments: [
        ("2026-11-23", "UTC", "2026-11-23T00:00:00Z"),
        ("2026-11-23", "Europe/Moscow", "2026-11-22T21:00:00Z"),
        ("2026-07-01", "America/New_York", "2026-07-01T04:00:00Z"),
        // Midnight did not exist: clocks went from 23:59 to 1:00.
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z"),
        ("1969-12-31", "UTC", "1969-12-31T00:00:00Z"), ("9999-12-31", "UTC", "9999-12-31T00:00:00Z"),
      ])
    func midnight(_ day: String, _ timezone: String, _ expected: String) {
      let seconds = Definition.date(day).midnight(in: timezone)
      #expect(Date(timeIntervalSince1970: seconds).ISO8601Format() == expected)
    }
  }
}
