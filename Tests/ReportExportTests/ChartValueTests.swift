import ReportModel
import Testing

@testable import ReportExport

/// The decisions of charts, without drawing.
@Suite struct ChartValueTests {
  @Test(
    "value ticks are round numbers that enclose all values",
    arguments: [
      (0.0, 100.0, ["0", "20", "40", "60", "80", "100"]),
      (0, 0, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      (-7, 12, ["-10", "-5", "0", "5", "10", "15"]),
      (0, 0.3, ["0", "0.1", "0.2", "0.3"]),
      (0, 0.0000045, ["0", "0.000001", "0.000002", "0.000003", "0.000004", "0.000005"]),
      (0, 1_383_783, ["0", "500\u{202F}000", "1\u{202F}000\u{202F}000", "1\u{202F}500\u{202F}000"]),
      (0, 23_000_000, ["0", "5", "10", "15", "20", "25"]),
      (-1, -1, ["-1.0", "-0.8", "-0.6", "-0.4", "-0.2", "0"]),
      (0, 1e288, ["0", "2×10²⁸⁷", "4×10²⁸⁷", "6×10²⁸⁷", "8×10²⁸⁷", "1×10²⁸⁸"]),
      (-1e-20, 0, ["-1×10⁻²⁰", "-8×10⁻²¹", "-6×10⁻²¹", "-4×10⁻²¹", "-2×10⁻²¹", "0"]),
    ])
  func ticks(low: Double, high: Double, expected: [String]) {
    let scale = ValueScale(low: low, high: high, includesZero: false)
    #expect(scale.ticks.map(\.label) == expected)
    #expect(scale.lower <= low && scale.upper >= high)
  }

  @Test("counts have whole ticks, and years no separators")
  func wholeTicks() {
    #expect(
      ValueScale(low: 0, high: 2, includesZero: true, isWhole: true).ticks.map(\.label) == ["0", "1", "2"])
    #expect(
      ValueScale(low: 2024, high: 2026, includesZero: false, isWhole: true, isGrouped: false).ticks.map(
        \.label)
        == ["2024", "2025", "2026"])
  }

  @Test(
    "any finite values have at most a few ticks",
    arguments: [(-1e300, 1e300), (0, 1e-300), (1e15, 1e15 + 1), (-1e-9, 1e9)])
  func extremeTicks(low: Double, high: Double) {
    let scale = ValueScale(low: low, high: high, includesZero: true)
    #expect((2...9).contains(scale.ticks.count))
    #expect(scale.ticks.allSatisfy { !$0.label.contains("e") })
    let logarithmic = ValueScale(logarithmicFrom: max(low, 1e-300), to: high)
    #expect((2...8).contains(logarithmic.ticks.count))
    #expect(logarithmic.fraction(high) <= 1.000_001)
  }

  @Test(
    "ticks of days are days, Mondays, months or years",
    arguments: [
      ("2026-11-22", "2026-11-22", ["22 Nov"]),
      ("2026-11-22", "2026-11-24", ["22 Nov", "23 Nov", "24 Nov"]),
      ("2026-08-25", "2026-11-22", ["31 Aug", "14 Sep", "28 Sep", "12 Oct", "26 Oct", "9 Nov"]),
      ("2026-11-01", "2026-11-30", ["2 Nov", "9 Nov", "16 Nov", "23 Nov", "30 Nov"]),
      ("2025-01-01", "2026-11-01", ["2025", "Apr", "Jul", "Oct", "2026", "Apr", "Jul", "Oct"]),
      ("2024-01-01", "2026-12-31", ["2024", "Jul", "2025", "Jul", "2026", "Jul"]),
      ("1990-01-01", "2026-12-31", ["1990", "1995", "2000", "2005", "2010", "2015", "2020", "2025"]),
      ("0001-01-01", "9999-12-31", ["2000", "4000", "6000", "8000"]),
    ])
  func dayTicks(low: String, high: String, expected: [String]) throws {
    let (low, high) = (try #require(CalendarDate(low)), try #require(CalendarDate(high)))
    #expect(
      TimeScale(language: .english).dayTicks(
        from: Double(low.daysSinceEpoch), to: Double(high.daysSinceEpoch)
      ).map(\.label)
        == expected)
  }

  @Test(
    "ticks of moments are full hours or minutes, also in another time zone",
    arguments: [
      (
        "2026-11-22 00:00:00", "2026-11-22 12:00:00",
        ["22 Nov", "02:00", "04:00", "06:00", "08:00", "10:00", "12:00"]
      ),
      ("2026-11-22 10:04:00+03", "2026-11-22 10:21:00+03", ["10:05", "10:10", "10:15", "10:20"]),
      ("2026-11-22 10:04:01+03", "2026-11-22 10:04:21+03", ["10:04"]),
      ("2026-11-21 10:00:00+05:30", "2026-11-24 09:00:00+05:30", ["22 Nov", "23 Nov", "24 Nov"]),
    ])
  func momentTicks(low: String, high: String, expected: [String]) {
    let axis = XAxis([low, high], keepsNull: false)
    #expect(
      TimeScale(language: .english).momentTicks(from: axis.places[0]!, to: axis.places[1]!, clock: axis.clock)
        .map(\.label)
        == expected)
  }

  @Test(
    "what a text along x means",
    arguments: [
      ("2026-11-22", .day(20_779)), ("2026-11-22 10:30:00+03", .moment(local: 1_795_343_400, offset: 10_800)),
      ("2026-11-22T10:30:00.5", .moment(local: 1_795_343_400.5, offset: 0)),
      ("2026-11-22 10:30:00-03:30", .moment(local: 1_795_343_400, offset: -12_600)),
      ("infinity", .placeless), ("-Infinity", .placeless), ("NaN", .placeless), ("10000-01-01", .placeless),
      ("0044-03-15 BC", .placeless), ("12000-01-01 00:00:00+00", .placeless),
      ("2026-W07", .step(.week, 2927)), ("2026W07", .step(.week, 2927)), ("2026-W54", .name),
      ("2026-Q1", .step(.quarter, 8104)), ("Q1 2026", .step(.quarter, 8104)),
      ("2026Q1", .step(.quarter, 8104)),
      ("1 кв. 2026", .step(.quarter, 8104)), ("1 квартал 2026", .step(.quarter, 8104)),
      ("Q4", .step(.quarterName, 3)),
      ("3 кв.", .step(.quarterName, 2)), ("Q5", .name), ("2026-02", .step(.month, 24_313)),
      ("Feb 2026", .step(.month, 24_313)), ("февраль 2026", .step(.month, 24_313)), ("2026-13", .name),
      ("Wednesday", .step(.weekday, 2)), ("Пн", .step(.weekday, 0)), ("сб.", .step(.weekday, 5)),
      ("мая", .step(.monthName, 4)), ("SEPT", .step(.monthName, 8)), ("7", .number(7)),
      ("-1.5e3", .number(-1500)),
      ("0x10", .name), ("nan", .name), ("", .name), ("2026-02-30", .name), ("2026.05", .number(2026.05)),
      ("Marketing", .name), ("1e999", .placeless),
    ] as [(String, XValue)])
  func meaning(text: String, expected: XValue) { #expect(XValue(text) == expected) }

  @Test("one text of another kind makes all of them names")
  func mixture() {
    #expect(XAxis(["2026-11-22", "unknown"], keepsNull: true).kind == .names)
    #expect(XAxis(["2026-Q1", "2026-W01"], keepsNull: true).kind == .names)
    #expect(XAxis([nil, "2026-Q1"], keepsNull: true).kind == .steps)
    #expect(XAxis([], keepsNull: true).kind == .names)
  }

  @Test(
    "shortened names stay different",
    arguments: [
      (["short"], ["short"]),
      (
        ["https://example.com/catalogue/a", "https://example.com/catalogue/b"],
        ["https://e…ue/a", "https://e…ue/b"]
      ),
      (
        ["https://example.com/a/products/list", "https://example.com/b/products/list"],
        ["htt…m/a/produ…", "htt…m/b/produ…"]
      ),
      (["aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa"], ["aaaaaaaaa…aaaa", "aaaaaaaaa…aaaa"]),
    ])
  func shortNames(names: [String], expected: [String]) {
    let labels = ShortLabels.make(names, count: 14)
    #expect(labels == expected)
    #expect(labels.allSatisfy { $0.count <= 14 })
    #expect(Set(labels).count == Set(names).count)
  }

  @Test("40 addresses that differ in a number have 40 labels")
  func addresses() {
    let names = (0..<40).map {
      "https://shop.example/catalogue/electronics/household/item-\($0)/reviews/all/pages"
    }
    for count in [14, 22, 60] { #expect(Set(ShortLabels.make(names, count: count)).count == 40) }
  }

  @Test("labels at the ends of lines keep their order and their distance")
  func spread() {
    let places = EndLabels.spread([0.5, 0.51, 0.0, 1.0, 0.99, 0.505])
    let sorted = places.sorted()
    #expect(zip(sorted.dropFirst(), sorted).allSatisfy { $0 - $1 > EndLabels.distance - 0.0001 })
    #expect(places[2] == 0 && places[0] < places[5] && places[5] < places[1] && places[1] < places[4])
    #expect(places[3] <= 1 + EndLabels.distance)
  }
}
