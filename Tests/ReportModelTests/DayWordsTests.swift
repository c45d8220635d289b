import ReportModel
import Testing

@Suite struct DayWordsTests {
  @Test(
    "days as people name them, on a Monday",
    arguments: [
      ("2026-11-22", "2026-11-22", "2026-11-23"), ("2026-02", "2026-02-01", "2026-03-01"),
      ("today", "2026-11-23", "2026-11-24"), ("Yesterday", "2026-11-22", "2026-11-23"),
      ("3 days ago", "2026-11-20", "2026-11-21"), ("1 day ago", "2026-11-22", "2026-11-23"),
      ("this week", "2026-11-23", "2026-11-30"), ("last week", "2026-11-16", "2026-11-23"),
      ("this month", "2026-11-01", "2026-12-01"), ("last-month", "2026-10-01", "2026-11-01"),
      ("this year", "2026-01-01", "2027-01-01"), ("last year", "2025-01-01", "2026-01-01"),
    ])
  func words(_ text: String, _ start: String, _ end: String) throws {
    let today = try #require(CalendarDate("2026-11-23"))
    let interval = try #require(DayWords(text)?.interval(today: today))
    #expect("\(interval.start)" == start && "\(interval.end)" == end)
  }

  @Test("the last month of a January, and of a day that the month before does not have")
  func ends() throws {
    for (day, start) in [("2026-01-31", "2025-12-01"), ("2026-03-31", "2026-02-01")] {
      let today = try #require(CalendarDate(day))
      #expect(DayWords("last month")?.interval(today: today)?.start.description == start)
    }
  }

  @Test(
    "other words are no days",
    arguments: [
      "", "gestern", "last", "last day", "2026-13", "2026-02-30", "-1 days ago", "x days ago", "2026",
    ])
  func others(_ text: String) { #expect(DayWords(text) == nil) }
}
