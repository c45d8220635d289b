import ReportModel
import Testing

@Suite("Retention periods") struct RetentionTests {
  @Test(
    "a length of time is a number, one space and a unit",
    arguments: [
      ("3 years", "3 years"), ("1 year", "1 year"), ("1 years", "1 year"), ("90 days", "90 days"),
      ("12 weeks", "12 weeks"), ("18 months", "18 months"), ("10000 day", "10000 days"),
      ("007 days", "7 days"),
    ])
  func reads(_ written: String, _ shown: String) throws {
    #expect(try #require(Retention(written)).description == shown)
  }

  @Test(
    "what is no length of time is refused",
    arguments: [
      "", " ", "3", "years", "3years", "3  years", " 3 years", "3 years ", "-3 years", "+3 years",
      "3.5 years",
      "0 days", "10001 days", "99999999999999999999 days", "3 yearss", "3 hours", "three years", "3 Years",
      "٣ years", "3\u{00A0}years",
    ])
  func refuses(_ written: String) { #expect(Retention(written) == nil) }

  @Test(
    "the first day that a retention keeps",
    arguments: [
      ("7 days", "2026-01-08", "2026-01-01"), ("1 week", "2026-01-05", "2025-12-29"),
      ("1 month", "2026-03-31", "2026-02-28"), ("1 month", "2024-03-31", "2024-02-29"),
      ("13 months", "2026-01-31", "2024-12-31"), ("1 year", "2025-02-28", "2024-02-28"),
      ("1 year", "2024-02-29", "2023-02-28"), ("4 years", "2024-02-29", "2020-02-29"),
      ("3 years", "2026-11-23", "2023-11-23"), ("2025 years", "2026-06-01", "0001-06-01"),
    ])
  func firstDay(_ retention: String, _ end: String, _ first: String) throws {
    let day = try #require(CalendarDate(end))
    #expect(try #require(Retention(retention)).firstDay(before: day)?.description == first)
  }

  @Test("before the beginning of the calendar everything is kept")
  func everything() throws {
    let day = try #require(CalendarDate("2026-01-01"))
    for retention in ["2026 years", "10000 years"] {
      #expect(try #require(Retention(retention)).firstDay(before: day) == nil)
    }
    #expect(try #require(CalendarDate("0001-01-05")).adding(days: -5) == nil)
  }
}
