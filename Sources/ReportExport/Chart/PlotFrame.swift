import ReportModel

/// Which part of x a drawing shows, and how wide one bar's place is. Pure.
struct PlotFrame {
  let low: Double
  let high: Double
  /// The width of one place, in the unit of x.
  let slot: Double
  /// The step of the points; nil when they follow in no regular steps.
  let grid: XGrid?
  /// The first place that has a value.
  let first: Double
  /// Whether all places are whole numbers.
  let isWhole: Bool

  /// No bar's place is narrower than this part of the drawing.
  static let minSlot = 1.0 / 300

  /// - Parameter data: of all panels of a chart, so that equal places of x lie below each other.
  init(_ data: ChartData, _ chart: ChartContent) {
    let kind = data.axis.kind
    let drawn = data.series.flatMap { $0.points.filter { $0.y != nil }.map(\.x) }
    var places = Set(drawn).sorted()
    first = places.first ?? 0
    isWhole = places.allSatisfy { $0 == $0.rounded() }
    grid = XGrid.find(places, kind: kind, period: chart.period)
    let own = chart.interval.map { Double($0.start.daysSinceEpoch) }
    if kind == .days, let own, own > places.last ?? own { places.append(own) }
    let gaps = zip(places.dropFirst(), places).map { $0 - $1 }.sorted()
    var slot = Self.width(gaps, kind, grid)
    let range = (places.last ?? 0) - (places.first ?? 0)
    // A single distance is no step: bars of two days that are years apart do not cover these years.
    if places.count == 2, kind == .days || kind == .moments { slot = min(slot, max(1, range / 6)) }
    slot = max(slot, range * Self.minSlot)
    self.slot = slot
    let standsInSlot = chart.spec.type == .bar || chart.spec.type == .stacked || places.count == 1
    let margin = standsInSlot || chart.interval != nil ? slot / 2 : 0
    low = (places.first ?? 0) - margin
    high = max((places.last ?? 0) + margin, low + slot / 2)
  }

  /// Of bars that have a place each: that of the grid; days as they are; otherwise the distance that half of the
  /// neighbours have at most, so that one close pair does not make every bar as thin as its distance.
  private static func width(_ gaps: [Double], _ kind: XAxis.Kind, _ grid: XGrid?) -> Double {
    switch (grid?.unit, kind) {
    case (.plain(let step), _): step
    case (.months(let step), _): Double(step) * 28
    case (nil, .days): max(1, gaps.first ?? 1)
    case (nil, .names), (nil, .steps): 1
    case (nil, .moments): gaps.isEmpty ? 1.0 / 24 : gaps[gaps.count / 2]
    case (nil, .numbers): gaps.isEmpty ? 1 : gaps[gaps.count / 2]
    }
  }

  /// 0 at the left end, 1 at the right one.
  func across(_ x: Double) -> Double { (x - low) / (high - low) }

  /// Left and right end of a part of x, within the drawing; nil outside of it.
  func span(from start: Double, to end: Double) -> (left: Double, right: Double)? {
    let left = max(0, across(start))
    let right = min(1, across(end))
    return left < right ? (left, right) : nil
  }

  /// Saturdays and Sundays of an axis of single days; empty for another axis, for less than a week, and where they would be
  /// too thin to see.
  func weekends(_ kind: XAxis.Kind) -> [(left: Double, right: Double)] {
    guard kind == .days, grid?.unit == .plain(1), (6...200).contains(high - low) else { return [] }
    // Day 2 of the epoch was a Saturday.
    let saturday = Int(((low - 2) / 7).rounded(.down)) * 7 + 2
    return stride(from: saturday, through: Int(high.rounded(.up)), by: 7).compactMap {
      span(from: Double($0) - 0.5, to: Double($0) + 1.5)
    }
  }

  /// The page's own interval, whose places are in the middle of their days.
  func own(_ interval: Interval?, _ axis: XAxis) -> (left: Double, right: Double)? {
    guard let interval else { return nil }
    let start = Double(interval.start.daysSinceEpoch)
    let end = Double(interval.end.daysSinceEpoch)
    switch axis.kind {
    case .days: return span(from: start - slot / 2, to: max(start + slot / 2, end - 1 + slot / 2))
    case .moments: return span(from: axis.clock.place(ofLocal: start), to: axis.clock.place(ofLocal: end))
    case .numbers, .steps, .names: return nil
    }
  }
}
