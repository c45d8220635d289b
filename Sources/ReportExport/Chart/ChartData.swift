import ReportModel

/// A chart's points as floating-point numbers, by series. Only positions are computed from them; numbers that are shown
/// keep the digits of the data.
struct ChartData {
  struct Point: Hashable {
    var x: Double
    /// nil for NULL, and for a value that is not a finite number within ±1e300.
    var y: Double?
    /// Of the data; of a point that `missing: zero` adds, its text along x and 0.
    var source: ChartPoint
  }

  struct Series: Hashable {
    /// nil when the chart has no series.
    var name: String?
    /// How many series it adds up; 0 for a series of its own.
    var others = 0
    /// In the order of x.
    var points: [Point]
    /// nil when nothing is missing between its points.
    var grid: XGrid?
    /// The number of its colour.
    var colour = 0

    /// The greatest distance of a value from zero.
    var size: Double { points.reduce(0) { max($0, abs($1.y ?? 0)) } }
  }

  /// Points that are not drawn, which the chart says in words.
  struct LeftOut: Hashable {
    /// x is NULL.
    var nulls = 0
    /// x is infinite, or beyond the calendar.
    var placeless = 0
    /// The value is zero or less, on a logarithmic scale or in a pie.
    var notPositive = 0
  }

  let axis: XAxis
  var series: [Series]
  var leftOut = LeftOut()
  /// The sum of other values of x, in a pie or a list.
  let rest: ChartPoint?

  /// - Parameter unnamed: the name of the series whose rows have NULL for one.
  init(_ chart: ChartContent, words: ChartWords, unnamed: String = "—") {
    let type = chart.spec.type
    rest = chart.points.first { $0.otherX > 0 }
    let points = chart.points.filter { $0.otherX == 0 }
    let isByName = type == .pie || type == .list || chart.spec.sort == .value
    axis = XAxis(points.map(\.x), keepsNull: type != .line && type != .area)
    for (point, place) in zip(points, axis.places) where place == nil {
      if point.x == nil { leftOut.nulls += 1 } else { leftOut.placeless += 1 }
    }
    series = Self.grouped(chart, points, axis, words, unnamed)
    if type == .pie || chart.spec.logarithmic { leavePositive() }
    guard !isByName else { return }
    let all = Set(series.flatMap { $0.points.filter { $0.y != nil }.map(\.x) }).sorted()
    let grid = XGrid.find(all, kind: axis.kind, period: chart.period)
    for index in series.indices {
      let places = Set(series[index].points.filter { $0.y != nil }.map(\.x)).sorted()
      series[index].grid = XGrid.find(places, kind: axis.kind, period: chart.period) ?? grid
    }
    if chart.spec.missing == .zero { fill(from: all.first, to: Self.end(chart, axis) ?? all.last) }
  }

  var values: [Double] { series.flatMap { $0.points.compactMap(\.y) } }

  /// The last place that the chart should have a value at: the beginning of the page's own interval.
  private static func end(_ chart: ChartContent, _ axis: XAxis) -> Double? {
    axis.kind == .days ? chart.interval.map { Double($0.start.daysSinceEpoch) } : nil
  }

  private static func grouped(
    _ chart: ChartContent, _ points: [ChartPoint], _ axis: XAxis, _ words: ChartWords, _ unnamed: String
  ) -> [Series] {
    var order: [ChartPoint: Int] = [:]
    var series: [Series] = []
    for (point, x) in zip(points, axis.places) {
      guard let x else { continue }
      let key = ChartPoint(x: nil, y: nil, series: point.series, otherSeries: point.otherSeries)
      let index = order[key] ?? series.count
      if index == series.count {
        order[key] = index
        let name =
          point.otherSeries > 0 ? words.other(point.otherSeries) : point.series.map(words.name) ?? unnamed
        series.append(
          Series(name: chart.spec.series == nil ? nil : name, others: point.otherSeries, points: []))
      }
      let y = point.y.flatMap(Double.init).flatMap { abs($0) <= 1e300 ? $0 : nil }
      series[index].points.append(Point(x: x, y: y, source: point))
    }
    series = series.filter { $0.others == 0 } + series.filter { $0.others > 0 }
    for index in series.indices {
      series[index].colour = series[index].others > 0 ? ChartColours.other : ChartColours.own(index)
      series[index].points.sort { $0.x < $1.x }
    }
    return series
  }

  private mutating func leavePositive() {
    for index in series.indices {
      for place in series[index].points.indices where (series[index].points[place].y ?? 1) <= 0 {
        series[index].points[place].y = nil
        leftOut.notPositive += 1
      }
    }
  }

  /// Adds points of 0 where a series has none.
  private mutating func fill(from low: Double?, to high: Double?) {
    guard let low, let high, low <= high else { return }
    for index in series.indices {
      guard let grid = series[index].grid, let first = series[index].points.first(where: { $0.y != nil })
      else { continue }
      let known = Set(series[index].points.map(\.x))
      let added = grid.places(through: first.x, from: low, to: high).filter { place in
        !known.contains(place) && (axis.kind != .moments || !known.contains { abs($0 - place) < 0.000_01 })
      }
      series[index].points += added.map {
        Point(x: $0, y: 0, source: ChartPoint(x: axis.text(at: $0), y: "0", series: series[index].name))
      }
      series[index].points.sort { $0.x < $1.x }
    }
  }
}
