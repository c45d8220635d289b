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

  @Test(arguments: ["2026-02-30", "2026-13-01", "0000-01-01", "2026-1-1", "2026-11-22 ", "2026-11-2x", ""])
  func refusesWhatIsNoDay(_ text: String) { #expect(CalendarDate(text) == nil) }

  @Test(arguments: [("2026-11-22", 7), ("2026-11-23", 1), ("1969-12-31", 3), ("2024-02-29", 4)])
  func weekday(_ text: String, _ expected: Int) throws {
    #expect(try #require(CalendarDate(text)).isoWeekday == expected)
  }
}
