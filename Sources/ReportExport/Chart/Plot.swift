import ReportModel

/// Writes lines or vertical bars over times, numbers or categories.
///
/// The drawing stretches with the page and its text keeps its size: positions of axes and labels are percentages, and lines
/// and bars are in a nested SVG of 10,000 by 10,000 units, which stretches without its stroke widths.
struct Plot {
  static let units = 10_000.0
  /// With more positions than this, tooltips are left out, because they would make the file too large.
  static let maxHits = 130

  let figure: ChartFigure
  let scale: ValueScale
  private let low: Double
  private let high: Double
  /// The smallest distance between two positions, which is the width of a group of bars.
  private let slot: Double

  init(figure: ChartFigure, scale: ValueScale) {
    self.figure = figure
    self.scale = scale
    let positions = Set(figure.data.series.flatMap { $0.points.map(\.x) }).sorted()
    let gaps = zip(positions.dropFirst(), positions).map { $0 - $1 }
    slot = gaps.min() ?? 1
    let isBar = figure.chart.spec.type == .bar
    let margin = isBar || positions.count == 1 ? slot / 2 : 0
    low = (positions.first ?? 0) - margin
    high = (positions.last ?? 0) + margin
  }

  func write(into page: XMLWriter) {
    let width = (scale.ticks.map(\.label.count).max() ?? 1) + 2
    page.element("div", ["class": "plot", "style": "padding-left:\(width)ch"]) {
      figure.writeDrawing(style: nil, into: page) {
        writeValueAxis(into: page)
        writePositionAxis(into: page)
        writeMarks(into: page)
        writeHits(into: page)
      }
    }
  }

  private func across(_ x: Double) -> Double { (x - low) / (high - low) }

  private func writeValueAxis(into page: XMLWriter) {
    for tick in scale.ticks {
      let y = percent(1 - scale.fraction(tick.value))
      page.empty(
        "line", ["class": tick.value == 0 ? "axis" : "grid", "x1": "0", "x2": "100%", "y1": y, "y2": y])
      page.element(
        "text", ["x": "-8", "y": y, "dy": ".35em", "text-anchor": "end"], text: tick.label + percentSign)
    }
  }

  private var percentSign: String { figure.y.format == .percent ? "%" : "" }

  private func writePositionAxis(into page: XMLWriter) {
    for (index, tick) in positionTicks.enumerated() {
      let at = across(tick.position)
      // On a narrow screen every second label is hidden.
      page.start("text", ["x": percent(at), "y": "100%", "dy": "1.7em", "text-anchor": "middle"])
      if index % 2 == 1 { page.attribute("class", "wide") }
      page.text(tick.label)
      page.end()
    }
  }

  private var positionTicks: [TimeScale.Tick] {
    switch figure.data.axis {
    case .time:
      return TimeScale.ticks(from: low, to: high)
    case .number:
      let ticks = ValueScale(low: low, high: high, includesZero: false).ticks
      return ticks.filter { $0.value >= low && $0.value <= high }
        .map { TimeScale.Tick(position: $0.value, label: $0.label) }
    case .category:
      let step = max(1, (figure.data.categories.count + 5) / 6)
      return stride(from: 0, to: figure.data.categories.count, by: step).map {
        TimeScale.Tick(position: Double($0), label: figure.data.categories[$0].shortened(to: 14))
      }
    }
  }

  private func writeMarks(into page: XMLWriter) {
    page.element(
      "svg",
      [
        "viewBox": "0 0 10000 10000", "preserveAspectRatio": "none", "width": "100%", "height": "100%",
        "overflow": "visible",
      ]
    ) {
      for (index, series) in figure.data.series.enumerated() {
        if figure.chart.spec.type == .bar {
          page.empty("path", ["class": "fill s\(index)", "d": barPath(series, index)])
        } else {
          page.empty("path", ["class": "ln s\(index)", "d": linePath(series)])
        }
      }
    }
    guard figure.chart.spec.type == .line else { return }
    for (index, series) in figure.data.series.enumerated() {
      for point in isolated(series) {
        page.empty(
          "circle",
          [
            "class": "fill s\(index)", "cx": percent(across(point.x)),
            "cy": percent(1 - scale.fraction(point.y!)), "r": "4",
          ])
      }
    }
  }

  private func linePath(_ series: ChartData.Series) -> String {
    var path = ""
    var isDown = false
    for point in series.points {
      guard let y = point.y else {
        isDown = false
        continue
      }
      path += (isDown ? "L" : "M") + "\(unit(across(point.x))) \(unit(1 - scale.fraction(y)))"
      isDown = true
    }
    return path
  }

  /// Points between two gaps, which a line does not show.
  private func isolated(_ series: ChartData.Series) -> [ChartData.Point] {
    let points = series.points
    return points.indices.filter { index in
      points[index].y != nil && (index == 0 || points[index - 1].y == nil)
        && (index + 1 == points.count || points[index + 1].y == nil)
    }.map { points[$0] }
  }

  private func barPath(_ series: ChartData.Series, _ index: Int) -> String {
    let room = slot / (high - low) * 0.8
    let width = room / Double(figure.data.series.count)
    let zero = unit(1 - scale.fraction(0))
    var path = ""
    for point in series.points {
      guard let y = point.y else { continue }
      let left = across(point.x) - room / 2 + width * Double(index)
      let right = unit(left + width * (figure.data.series.count > 1 ? 0.94 : 1))
      path += "M\(unit(left)) \(zero)V\(unit(1 - scale.fraction(y)))H\(right)V\(zero)z"
    }
    return path
  }

  private func unit(_ fraction: Double) -> Int { Int((fraction * Self.units).rounded()) }

  /// Writes the tooltips, with the values of all series at one position.
  private func writeHits(into page: XMLWriter) {
    let all = figure.data.series.flatMap { series in series.points.map { (series.name, $0) } }
    let places = Dictionary(grouping: all, by: \.1.x)
    guard places.count <= Self.maxHits else { return }
    let width = min(1, slot / (high - low))
    for x in places.keys.sorted() {
      let left = max(0, across(x) - width / 2)
      let right = min(1, across(x) + width / 2)
      page.element(
        "rect", ["class": "hit", "x": percent(left), "width": percent(right - left), "height": "100%"]
      ) {
        let lines = places[x]!.map { ($0.0.map { $0 + ": " } ?? "") + figure.shown($0.1.source.y) }
        page.element("title", text: ([places[x]![0].1.source.x] + lines).joined(separator: "\n"))
      }
    }
  }
}
