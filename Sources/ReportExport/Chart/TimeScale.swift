import ReportModel

/// Ticks of a time axis, whose positions are days since 1970-01-01.
enum TimeScale {
  struct Tick: Hashable {
    var position: Double
    var label: String
  }

  static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Parses `2026-11-22`, `2026-11` and timestamps (`2026-11-22 10:30:00+03`). Ignores the offset and fractions of a second.
  static func position(_ text: String) -> Double? {
    if text.utf8.count == 7 { return CalendarDate(text + "-01").map { Double($0.daysSinceEpoch) } }
    guard let day = CalendarDate(String(text.prefix(10))) else { return nil }
    let rest = Array(text.utf8.dropFirst(10))
    if rest.isEmpty { return Double(day.daysSinceEpoch) }
    guard rest.count >= 6, rest[0] == UInt8(ascii: " ") || rest[0] == UInt8(ascii: "T"),
      rest[3] == UInt8(ascii: ":"),
      let hour = Int(String(decoding: rest[1...2], as: UTF8.self)),
      let minute = Int(String(decoding: rest[4...5], as: UTF8.self))
    else { return nil }
    let second = rest.count >= 9 ? Int(String(decoding: rest[7...8], as: UTF8.self)) ?? 0 : 0
    return Double(day.daysSinceEpoch) + Double(hour * 3600 + minute * 60 + second) / 86_400
  }

  /// At most `wanted` ticks from `low` to `high`, at full hours, days, Mondays, months or years.
  static func ticks(from low: Double, to high: Double, wanted: Int = 8) -> [Tick] {
    let days = high - low
    if days < 2 {
      for step in [1, 2, 3, 6, 12] where days * 24 / Double(step) <= Double(wanted) {
        return hours(low, high, step)
      }
    }
    for step in [1, 2] where days / Double(step) < Double(wanted) { return dates(low, high, step, phase: 0) }
    // Day 4 of the epoch was a Monday.
    for step in [7, 14] where days / Double(step) < Double(wanted) { return dates(low, high, step, phase: 4) }
    for step in [1, 2, 3, 6] where days / 30.4 / Double(step) < Double(wanted) {
      return months(low, high, step)
    }
    let years = days / 365.25
    let step =
      [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].first { years / Double($0) < Double(wanted) } ?? 2000
    return months(low, high, step * 12)
  }

  private static func hours(_ low: Double, _ high: Double, _ step: Int) -> [Tick] {
    let size = Double(step) / 24
    let first = Int((low / size).rounded(.up))
    let last = Int((high / size).rounded(.down))
    guard first <= last else { return [] }
    return (first...last).map { index in
      let hour = ((index * step) % 24 + 24) % 24
      let label =
        hour == 0 ? date(Int((Double(index) * size).rounded())) : (hour < 10 ? "0" : "") + "\(hour):00"
      return Tick(position: Double(index) * size, label: label)
    }
  }

  private static func dates(_ low: Double, _ high: Double, _ step: Int, phase: Int) -> [Tick] {
    var day = Int(low.rounded(.up))
    day += ((phase - day) % step + step) % step
    return stride(from: day, through: Int(high.rounded(.down)), by: step).map {
      Tick(position: Double($0), label: date($0))
    }
  }

  private static func months(_ low: Double, _ high: Double, _ step: Int) -> [Tick] {
    guard let start = CalendarDate(daysSinceEpoch: Int(low.rounded(.down))) else { return [] }
    var month = start.components.year * 12 + start.components.month - 1
    month += ((-month) % step + step) % step
    var ticks: [Tick] = []
    while let first = CalendarDate(year: month / 12, month: month % 12 + 1, day: 1) {
      let position = Double(first.daysSinceEpoch)
      if position > high { break }
      let isYear = month % 12 == 0 || step >= 12
      let name = isYear ? "\(month / 12)" : months[month % 12]
      if position >= low { ticks.append(Tick(position: position, label: name)) }
      month += step
    }
    return ticks
  }

  private static func date(_ day: Int) -> String {
    guard let (_, month, day) = CalendarDate(daysSinceEpoch: day)?.components else { return "" }
    return "\(day) \(months[month - 1])"
  }
}
