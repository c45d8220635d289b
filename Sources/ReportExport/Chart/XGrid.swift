import ReportModel

/// The equal steps in which points follow each other along x, by which a missing one is noticed. Pure.
struct XGrid: Hashable {
  enum Unit: Hashable {
    /// In the unit of the axis: days, or a whole number.
    case plain(Double)
    /// Calendar months on an axis of days.
    case months(Int)
  }

  let unit: Unit

  /// - Parameters:
  ///   - places: different ones, ascending.
  ///   - period: of the report's intervals; a grid of its own when every place begins an interval.
  /// - Returns: nil when the points follow in no regular steps: nothing is missing then.
  static func find(_ places: [Double], kind: XAxis.Kind, period: Period) -> XGrid? {
    switch kind {
    case .names: return nil
    case .days: return days(places, period)
    case .moments: return regular(places.map { $0 * 86_400 }).map { XGrid(unit: .plain($0 / 86_400)) }
    case .steps: return regular(places).map { XGrid(unit: .plain($0)) }
    case .numbers:
      guard places.allSatisfy({ $0 == $0.rounded() }) else { return nil }
      return regular(places).map { XGrid(unit: .plain($0)) }
    }
  }

  private static func days(_ places: [Double], _ period: Period) -> XGrid? {
    let dates = places.compactMap { CalendarDate(daysSinceEpoch: Int($0)) }
    if !dates.isEmpty, dates.allSatisfy({ period.interval(containing: $0)?.start == $0 }) {
      return XGrid(unit: period == .month ? .months(1) : .plain(period == .week ? 7 : 1))
    }
    if dates.count > 1, dates.allSatisfy({ $0.components.day == 1 }) {
      return regular(dates.map { Double(month($0)) }).map { XGrid(unit: .months(Int($0))) }
    }
    return regular(places).map { XGrid(unit: .plain($0)) }
  }

  /// The distance that most neighbours have.
  private static func regular(_ places: [Double]) -> Double? {
    let gaps = zip(places.dropFirst(), places).map { (($0 - $1) * 1_000_000).rounded() / 1_000_000 }
    let counts = Dictionary(grouping: gaps) { $0 }.mapValues(\.count)
    guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), most.value * 2 > gaps.count,
      most.key > 0
    else { return nil }
    return most.key
  }

  /// Whether a step is missing between two places.
  func isBroken(from first: Double, to second: Double) -> Bool {
    switch unit {
    case .plain(let step): second - first > step * 1.5
    case .months(let step): (Self.month(second) ?? 0) - (Self.month(first) ?? 0) > step
    }
  }

  /// The places of the grid through `place`, from `low` to `high`; at most 4,000.
  func places(through place: Double, from low: Double, to high: Double) -> [Double] {
    var found: [Double] = []
    let before = (1...4000).lazy.map { moved(place, by: -$0) }.prefix { $0 >= low - 0.000_001 }
    for place in before.reversed() { found.append(place) }
    for index in 0..<4000 {
      let next = moved(place, by: index)
      if next > high + 0.000_001 || found.count >= 4000 { break }
      found.append(next)
    }
    return found
  }

  private func moved(_ place: Double, by steps: Int) -> Double {
    switch unit {
    case .plain(let step): place + Double(steps) * step
    case .months(let step):
      CalendarDate(daysSinceEpoch: Int(place))?.adding(months: steps * step).map { Double($0.daysSinceEpoch) }
        ?? .infinity * Double(steps)
    }
  }

  private static func month(_ place: Double) -> Int? { CalendarDate(daysSinceEpoch: Int(place)).map(month) }

  private static func month(_ date: CalendarDate) -> Int { date.components.year * 12 + date.components.month }
}
