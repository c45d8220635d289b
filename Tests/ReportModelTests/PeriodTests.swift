import ReportModel
import Testing

@Suite struct PeriodTests {
  private func date(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }

  @Test(
    "the interval that contains a day",
    arguments: [
      (Period.day, "2026-02-28", "2026-02-28..2026-03-01", "2026-02-28"),
      (.day, "2024-02-28", "2024-02-28..2024-02-29", "2024-02-28"),
      (.week, "2026-11-22", "2026-11-16..2026-11-23", "2026-11-16"),
      (.week, "2026-11-23", "2026-11-23..2026-11-30", "2026-11-23"),
      (.week, "2027-01-01", "2026-12-28..2027-01-04", "2026-12-28"),
      (.month, "2026-12-31", "2026-12-01..2027-01-01", "2026-12"),
      (.month, "2024-02-29", "2024-02-01..2024-03-01", "2024-02"),
      (.week, "2024-02-29", "2024-02-26..2024-03-04", "2024-02-26"),
      (.week, "2024-12-31", "2024-12-30..2025-01-06", "2024-12-30"),
      (.week, "2021-01-03", "2020-12-28..2021-01-04", "2020-12-28"),
      (.day, "2024-02-29", "2024-02-29..2024-03-01", "2024-02-29"),
      (.day, "2026-12-31", "2026-12-31..2027-01-01", "2026-12-31"),
      (.month, "1900-02-28", "1900-02-01..1900-03-01", "1900-02"),
      (.month, "2000-02-29", "2000-02-01..2000-03-01", "2000-02"),
    ])
  func containing(_ period: Period, _ day: String, _ interval: String, _ name: String) throws {
    let found = try #require(period.interval(containing: try date(day)))
    #expect(found.description == interval)
    #expect(found.contains(try date(day)))
    #expect(!found.contains(found.end))
    #expect(period.name(of: found) == name)
  }

  @Test("intervals follow each other without gap or overlap", arguments: [Period.day, .week, .month])
  func neighbours(_ period: Period) throws {
    let intervals = period.intervals(from: try date("2023-12-20"), to: try date("2025-01-20"))
    #expect(intervals.count == [Period.day: 397, .week: 57, .month: 13][period])
    for (one, next) in zip(intervals, intervals.dropFirst()) { #expect(one.end == next.start) }
    #expect(try #require(intervals.first).contains(try date("2023-12-20")))
  }

  @Test("only intervals that end by the given day are listed")
  func ends() throws {
    #expect(Period.week.intervals(from: try date("2026-11-18"), to: try date("2026-11-22")) == [])
    #expect(Period.week.intervals(from: try date("2026-11-18"), to: try date("2026-11-23")).count == 1)
    #expect(Period.month.intervals(from: try date("2026-11-18"), to: try date("2026-11-01")) == [])
    #expect(Period.none.intervals(from: try date("2026-11-18"), to: try date("2026-11-23")) == [])
  }

  @Test("at the end of the calendar there is no interval")
  func calendarEnd() throws {
    let last = try date("9999-12-31")
    for period in Period.allCases { #expect(period.interval(containing: last) == nil) }
    #expect(last.adding(days: 1) == nil)
    #expect(try date("0001-01-01").adding(days: -1) == nil)
  }

  @Test("an interval is not empty, and intervals are in the order of time")
  func order() throws {
    #expect(Interval(start: try date("2026-01-02"), end: try date("2026-01-02")) == nil)
    #expect(Interval(start: try date("2026-01-02"), end: try date("2026-01-01")) == nil)
    let days = Period.day.intervals(from: try date("2026-01-01"), to: try date("2026-01-05"))
    #expect(days.shuffled().sorted() == days)
  }
}
