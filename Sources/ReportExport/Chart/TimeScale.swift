import ReportModel

/// Ticks of a time axis, whose places are days since 1970-01-01.
struct TimeScale {
  let language: Language

  struct Tick: Hashable {
    var position: Double
    var label: String
  }

  /// At most `wanted` ticks from `low` to `high`, at days, Mondays, months or years: never at hours.
  ///
  /// - Parameter grid: of the points, whose steps no tick divides; nil for single days.
  func dayTicks(
    from low: Double, to high: Double, grid: XGrid? = nil, through place: Double = 0, wanted: Int = 8
  ) -> [Tick] {
    let days = high - low
    if case .months = grid?.unit { return monthTicks(low, high, wanted) }
    let isWeekly = grid?.unit == .plain(7)
    for step in [1, 2] where !isWeekly && days / Double(step) < Double(wanted) {
      return dates(low, high, step, phase: 0)
    }
    // Day 4 of the epoch was a Monday.
    for step in [7, 14] where days / Double(step) < Double(wanted) {
      return dates(low, high, step, phase: isWeekly ? Int(place) : 4)
    }
    return monthTicks(low, high, wanted)
  }

  /// At most `wanted` ticks from `low` to `high`, at full minutes, hours, or as `dayTicks`.
  ///
  /// - Parameters:
  ///   - low, high: places of the clock.
  func momentTicks(from low: Double, to high: Double, clock: LocalClock, wanted: Int = 8) -> [Tick] {
    let minutes = (high - low) * 1440
    if minutes < 2880 {
      for step in [1, 5, 10, 15, 30, 60, 120, 180, 360, 720] where minutes / Double(step) <= Double(wanted) {
        let ticks = clockTicks(low, high, step, clock)
        return ticks.isEmpty ? [Tick(position: low, label: Self.time(clock.local(low)))] : ticks
      }
    }
    return dayTicks(from: clock.local(low), to: clock.local(high), wanted: wanted).map {
      Tick(position: clock.place(ofLocal: $0.position), label: $0.label)
    }.filter { $0.position >= low && $0.position <= high }
  }

  /// `2026-11-22 10:30`.
  static func text(_ local: Double) -> String {
    let day = CalendarDate(daysSinceEpoch: Int(local.rounded(.down)))?.description ?? ""
    return day + " " + time(local)
  }

  private static func time(_ local: Double) -> String {
    let minute = Int(((local - local.rounded(.down)) * 1440).rounded(.down))
    return padded(minute / 60) + ":" + padded(minute % 60)
  }

  private static func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }

  private func clockTicks(_ low: Double, _ high: Double, _ step: Int, _ clock: LocalClock) -> [Tick] {
    let size = Double(min(step, 60)) / 1440
    let first = Int((low / size - 0.000_01).rounded(.up))
    let last = Int((high / size + 0.000_01).rounded(.down))
    guard first <= last else { return [] }
    return (first...last).compactMap { index in
      let place = Double(index) * size
      // The clock may have been put forward or back before this place.
      let minute = Int((clock.local(place) * 1440).rounded())
      guard minute % step == 0 else { return nil }
      let local = Double(minute) / 1440
      let isMidnight = minute % 1440 == 0
      return Tick(position: place, label: isMidnight ? date(minute / 1440) : Self.time(local + 0.000_01))
    }
  }

  private func dates(_ low: Double, _ high: Double, _ step: Int, phase: Int) -> [Tick] {
    var day = Int(low.rounded(.up))
    day += ((phase - day) % step + step) % step
    return stride(from: day, through: Int(high.rounded(.down)), by: step).map {
      Tick(position: Double($0), label: date($0))
    }
  }

  private func monthTicks(_ low: Double, _ high: Double, _ wanted: Int) -> [Tick] {
    for step in [1, 2, 3, 6] where (high - low) / 30.4 / Double(step) < Double(wanted) {
      return monthTicks(low, high, step: step)
    }
    let years = (high - low) / 365.25
    let step =
      [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].first { years / Double($0) < Double(wanted) } ?? 2000
    return monthTicks(low, high, step: step * 12)
  }

  private func monthTicks(_ low: Double, _ high: Double, step: Int) -> [Tick] {
    let from = max(Int(low.rounded(.down)), CalendarDate("0001-01-01")!.daysSinceEpoch)
    guard let start = CalendarDate(daysSinceEpoch: from) else { return [] }
    var month = start.components.year * 12 + start.components.month - 1
    month += ((-month) % step + step) % step
    var ticks: [Tick] = []
    while let first = CalendarDate(year: month / 12, month: month % 12 + 1, day: 1) {
      let position = Double(first.daysSinceEpoch)
      if position > high { break }
      let isYear = month % 12 == 0 || step >= 12
      let name = isYear ? "\(month / 12)" : language.shortMonth(month % 12 + 1)
      if position >= low { ticks.append(Tick(position: position, label: name)) }
      month += step
    }
    return ticks
  }

  private func date(_ day: Int) -> String {
    CalendarDate(daysSinceEpoch: day).map(language.dayMonth) ?? ""
  }
}
