import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct DayBoundTests {
    @Test(
      "a midnight that comes twice is asked for in another way",
      arguments: [
        ("2024-11-03", "America/Havana", true), ("2024-11-04", "America/Havana", false),
        ("2024-03-10", "America/Havana", false), ("2024-10-27", "Atlantic/Azores", true),
        ("2024-10-27", "Europe/Berlin", false), ("2024-11-03", "America/New_York", false),
        ("2024-11-01", "Africa/Cairo", false), ("2024-04-26", "Africa/Cairo", false),
        ("2014-10-26", "Europe/Moscow", false), ("2011-12-30", "Pacific/Apia", false),
        ("2024-01-01", "Asia/Kathmandu", false), ("2024-01-01", "UTC", false),
        ("2024-01-01", "No/Zone", false),
      ])
    func midnights(_ day: String, _ zone: String, _ isTwice: Bool) {
      #expect(DayBound.hasTwoMidnights(Definition.date(day), timezone: zone) == isTwice)
    }

    @Test("bounds are literals with the zone's name, or the earlier of two moments")
    func literals() {
      #expect(
        DayBound.timestamptz(Definition.date("2024-11-04"), timezone: "America/Havana")
          == "'2024-11-04 00:00:00 America/Havana'::timestamptz")
      #expect(
        DayBound.timestamptz(Definition.date("2024-11-03"), timezone: "America/Havana")
          == "least('2024-11-03 00:00:00 America/Havana'::timestamptz,"
          + " '2024-11-02 23:59:59 America/Havana'::timestamptz + '1 second'::interval)")
    }
  }
}
