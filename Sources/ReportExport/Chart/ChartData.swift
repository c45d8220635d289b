import ReportModel

/// A chart's points as floating-point numbers, by series. Only positions are computed from them; numbers that are shown
/// keep the digits of the data.
struct ChartData {
  enum Axis: Hashable {
    case time, number
    /// Positions are indices of `categories`.
    case category
  }

  struct Point: Hashable {
    var x: Double
    /// nil for NULL, and for a value that is not a finite number within ±1e300.
    var y: Double?
    var source: ChartPoint
  }

  struct Series: Hashable {
    /// nil when the chart has no series.
    var name: String?
    var points: [Point]
  }

  static let maxSeries = 8

  let axis: Axis
  let series: [Series]
  let categories: [String]
  /// The number of series that are not drawn, because there are more than `maxSeries`.
  let hiddenSeries: Int

  init(_ chart: ChartContent) {
    let texts = chart.points.map(\.x)
    var positions = texts.compactMap(TimeScale.position)
    var axis = Axis.time
    if positions.count < texts.count {
      positions = chart.spec.type == .line ? texts.compactMap { Double($0) }.filter(\.isFinite) : []
      axis = .number
    }
    var categories: [String] = []
    if positions.count < texts.count {
      var known: [String: Int] = [:]
      for text in texts where known[text] == nil {
        known[text] = categories.count
        categories.append(text)
      }
      positions = texts.map { Double(known[$0] ?? 0) }
      axis = .category
    }
    self.axis = axis
    self.categories = categories
    let all = Self.grouped(chart, positions, sorted: axis != .category)
    series = Self.largest(all)
    hiddenSeries = all.count - series.count
  }

  var values: [Double] { series.flatMap { $0.points.compactMap(\.y) } }

  /// The points with the least and the greatest value.
  var extremes: (ChartPoint, ChartPoint)? {
    let drawn = series.flatMap(\.points).filter { $0.y != nil }
    guard let low = drawn.min(by: { $0.y! < $1.y! }), let high = drawn.max(by: { $0.y! < $1.y! }) else {
      return nil
    }
    return (low.source, high.source)
  }

  private static func grouped(_ chart: ChartContent, _ positions: [Double], sorted: Bool) -> [Series] {
    var order: [String: Int] = [:]
    var series: [Series] = []
    for (point, x) in zip(chart.points, positions) {
      let name = chart.spec.series == nil ? nil : point.series ?? "—"
      let index = order[name ?? ""] ?? series.count
      if index == series.count {
        order[name ?? ""] = index
        series.append(Series(name: name, points: []))
      }
      let y = point.y.flatMap(Double.init).flatMap { abs($0) <= 1e300 ? $0 : nil }
      series[index].points.append(Point(x: x, y: y, source: point))
    }
    guard sorted else { return series }
    return series.map { Series(name: $0.name, points: $0.points.sorted { $0.x < $1.x }) }
  }

  private static func largest(_ series: [Series]) -> [Series] {
    guard series.count > maxSeries else { return series }
    let sizes = series.map { $0.points.reduce(0) { $0 + abs($1.y ?? 0) } }
    let kept = Set(series.indices.sorted { sizes[$0] > sizes[$1] }.prefix(maxSeries))
    return series.indices.filter(kept.contains).map { series[$0] }
  }
}
