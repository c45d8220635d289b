import ReportModel
import Testing

@Suite struct CalendarDateTests {
  @Test("every day from year 1 to year 9999 survives the way to text and back")
  func roundTrip() throws {
    var previous: CalendarDate?
    for days in stride(from: -719_162, through: 2_932_896, by: 1) where days % 97 == 0 || days > 2_932_800 {
      let date = try #require(CalendarDate(daysSinceEpoch: days))
      #expect(CalendarDate(date.description) == date)
      if let previous { #expect(previous.description < date.description) }
      previous = date
    }
  }

  @Test(
    "what is no day of the calendar, or is written otherwise, is refused",
    arguments: ["2026-02-30", "2026-13-01", "0000-01-01", "2026-1-1", "2026-11-22 ", "2026-11-2x", ""])
  func refusesWhatIsNoDay(_ text: String) { #expect(CalendarDate(text) == nil) }

  @Test(
    "the weekday of a date, 1 for Monday",
    arguments: [("2026-11-22", 7), ("2026-11-23", 1), ("1969-12-31", 3), ("2024-02-29", 4)])
  func weekday(_ text: String, _ expected: Int) throws {
    #expect(try #require(CalendarDate(text)).isoWeekday == expected)
  }

  @Test(
    "months end on the last day of a shorter one",
    arguments: [
      ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-12-15", 1, "2027-01-15"),
      ("2026-01-15", -1, "2025-12-15"), ("2024-02-29", 12, "2025-02-28"), ("2026-05-31", -3, "2026-02-28"),
      ("0001-01-01", -1, nil), ("9999-12-01", 1, nil), ("2026-03-31", 0, "2026-03-31"),
    ])
  func months(_ day: String, _ months: Int, _ expected: String?) throws {
    #expect(try #require(CalendarDate(day)).adding(months: months)?.description == expected)
  }

  @Test("a month there and back is the same day, up to the 28th")
  func monthsBack() throws {
    for days in stride(from: 0, to: 20_000, by: 13) {
      let day = try #require(CalendarDate(daysSinceEpoch: days))
      guard day.components.day <= 28 else { continue }
      for months in [1, 11, 12, 25, 700] {
        #expect(day.adding(months: months)?.adding(months: -months) == day)
      }
    }
  }
}
