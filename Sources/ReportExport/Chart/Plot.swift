import ReportModel

/// Writes lines, areas or standing bars over one scale.
///
/// The drawing stretches with the page and its text keeps its size: positions of axes and labels are percentages, and lines
/// and bars are in a nested SVG of 10,000 by 10,000 units, which stretches without its stroke widths.
struct Plot {
  /// With more positions than this, tooltips are left out, because they would make the file too large.
  static let maxHits = 130

  let panel: ChartPanel
  let scale: ValueScale
  /// Of all panels of the chart; nil for that of this one.
  let margin: PlotMargin?

  private var frame: PlotFrame { panel.frame }

  private var ends: EndLabels { EndLabels(panel: panel, scale: scale) }

  /// The room that the labels of the values, the newest values, and the first and the last label of x need, in letters.
  var letters: (left: Int, right: Int) {
    let values = (scale.ticks.map(\.label.count).max() ?? 1) + (percentSign.isEmpty ? 1 : 3)
    let ends = ends.width
    let ticks = positionTicks
    let first = ticks.first { frame.across($0.position) < Self.edge }?.label.count ?? 0
    let last = ticks.last { frame.across($0.position) > 1 - Self.edge }?.label.count ?? 0
    // The labels of x are in the middle below their places; three letters have room without a margin.
    return (max(values + 1, first / 2 + 1), max(ends > 0 ? ends + 2 : 0, last > 6 ? last / 2 + 1 : 0))
  }

  private static let edge = 0.03

  func write(into page: XMLWriter) {
    let (left, right) = margin.map { ($0.left, $0.right) } ?? letters
    let ends = ends
    let style = "padding-left:\(left)ch" + (right > 0 ? ";padding-right:\(right)ch" : "")
    page.element("div", ["class": "plot", "style": style]) {
      panel.writeDrawing(into: page) {
        writeBackground(into: page)
        writeValueAxis(into: page)
        writePositionAxis(into: page)
        PlotMarks(panel: panel, scale: scale, frame: frame).write(into: page)
        ends.write(into: page)
        writeHits(into: page)
      }
    }
  }

  private func writeBackground(into page: XMLWriter) {
    func write(_ span: (left: Double, right: Double), _ name: String) {
      page.empty(
        "rect",
        ["class": name, "x": percent(span.left), "width": percent(span.right - span.left), "height": "100%"])
    }
    for span in frame.weekends(panel.axis.kind) { write(span, "weekend") }
    if let span = frame.own(panel.interval, panel.axis) { write(span, "own") }
  }

  private func writeValueAxis(into page: XMLWriter) {
    for tick in scale.ticks {
      let y = percent(1 - scale.fraction(tick.value))
      page.empty(
        "line", ["class": tick.value == 0 ? "axis" : "grid", "x1": "0", "x2": "100%", "y1": y, "y2": y])
      page.element(
        "text", ["x": "-8", "y": y, "dy": ".35em", "text-anchor": "end"], text: tick.label + percentSign)
    }
  }

  private var percentSign: String { panel.y.format == .percent ? "\u{202F}%" : "" }

  private func writePositionAxis(into page: XMLWriter) {
    for (index, tick) in positionTicks.enumerated() {
      let at = frame.across(tick.position)
      // On a narrow screen every second label is hidden.
      page.start("text", ["x": percent(at), "y": "100%", "dy": "1.7em", "text-anchor": "middle"])
      if index % 2 == 1 { page.attribute("class", "wide") }
      page.text(tick.label)
      page.end()
    }
  }

  private var positionTicks: [TimeScale.Tick] {
    let (low, high) = (frame.low, frame.high)
    // Several drawings beside each other are narrow.
    let wanted = panel.heading == nil ? 8 : 4
    switch panel.axis.kind {
    case .days:
      return TimeScale(language: panel.language).dayTicks(
        from: low, to: high, grid: frame.grid, through: frame.first, wanted: wanted)
    case .moments:
      return TimeScale(language: panel.language).momentTicks(
        from: low, to: high, clock: panel.axis.clock, wanted: wanted)
    case .numbers:
      let scale = ValueScale(
        low: low, high: high, includesZero: false, wanted: wanted, isWhole: frame.isWhole,
        isGrouped: panel.x.format != nil, language: panel.language)
      let tolerance = (high - low) * 1e-9
      return scale.ticks.filter { $0.value >= low - tolerance && $0.value <= high + tolerance }
        .map { TimeScale.Tick(position: $0.value, label: $0.label) }
    case .steps:
      let places = panel.axis.labels.keys.filter { $0 >= low && $0 <= high }.sorted()
      return thinned(wanted, places.map { TimeScale.Tick(position: $0, label: panel.axis.labels[$0] ?? "") })
    case .names:
      let labels = ShortLabels.make(panel.axis.names, count: 14)
      return thinned(wanted, labels.indices.map { TimeScale.Tick(position: Double($0), label: labels[$0]) })
    }
  }

  /// - Parameter wanted: there is room for ten letters for each.
  private func thinned(_ wanted: Int, _ ticks: [TimeScale.Tick]) -> [TimeScale.Tick] {
    let longest = ticks.map(\.label.count).max() ?? 1
    let step = max(1, (ticks.count * max(longest, 4) + 10 * wanted - 1) / (10 * wanted))
    return stride(from: 0, to: ticks.count, by: step).map { ticks[$0] }
  }

  /// Writes the tooltips, with the values of all series at one position.
  private func writeHits(into page: XMLWriter) {
    let all = panel.series.flatMap { series in series.points.map { (series.name, $0) } }
    let places = Dictionary(grouping: all, by: \.1.x)
    guard places.count <= Self.maxHits else { return }
    for x in places.keys.sorted() {
      guard let span = frame.span(from: x - frame.slot / 2, to: x + frame.slot / 2) else { continue }
      page.element(
        "rect",
        ["class": "hit", "x": percent(span.left), "width": percent(span.right - span.left), "height": "100%"]
      ) {
        let lines = places[x]!.map { ($0.0.map { $0 + ": " } ?? "") + panel.shown($0.1.source.y) }
        page.element(
          "title",
          text: ([panel.words.name(places[x]![0].1.source.x)] + lines).joined(separator: "\n"))
      }
    }
  }
}
