import ReportModel

/// Horizontal bars, one group for each value of x. Its name has a line of its own, so that it can be long.
struct CategoryBars {
  static let maxCategories = 40
  private static let nameHeight = 20
  private static let barHeight = 10
  /// The height of a row, when a category has several bars.
  private static let rowHeight = 18
  private static let gap = 12

  /// The bars of one value of x.
  struct Group {
    var name: String
    var bars: [Bar]
  }

  struct Bar {
    var colour: Int
    /// As it is shown.
    var text: String
    var value: Double?
  }

  let panel: ChartPanel
  let groups: [Group]
  /// How many values of x the panel has, drawn or not.
  let count: Int

  /// - Parameter rest: the sum of other values of x; the last bar.
  init(panel: ChartPanel, rest: ChartPoint?) {
    self.panel = panel
    let all = panel.series.flatMap { series in series.points.map { (series.colour, $0) } }
    let places = Dictionary(grouping: all, by: \.1.x)
    let order = Self.order(places.mapValues { $0.map(\.1) }, panel)
    count = order.count
    var groups = order.prefix(panel.spec.type == .list ? order.count : Self.maxCategories).map { x in
      let points = places[x]!
      return Group(
        name: panel.words.name(points[0].1.source.x),
        bars: points.map { Bar(colour: $0.0, text: panel.shown($0.1.source.y), value: $0.1.y) })
    }
    if let rest {
      let bar = Bar(
        colour: ChartColours.other, text: panel.shown(rest.y), value: rest.y.flatMap(Double.init))
      groups.append(Group(name: panel.words.other(rest.otherX), bars: [bar]))
    }
    self.groups = groups
  }

  /// By x, or the greatest value first; values of x without a number last.
  private static func order(_ places: [Double: [ChartData.Point]], _ panel: ChartPanel) -> [Double] {
    if panel.spec.sort == .x { return places.keys.sorted() }
    let sizes = places.mapValues { $0.compactMap(\.y).max() ?? -.infinity }
    return places.keys.sorted { (sizes[$0]!, $1) > (sizes[$1]!, $0) }
  }

  func write(into page: XMLWriter) {
    let values = groups.flatMap { $0.bars.map(\.text.count) }.max() ?? 0
    // A single number is written beside the name, several numbers beside their bars.
    let isSingle = groups.allSatisfy { $0.bars.count <= 1 }
    let style = isSingle ? "" : "padding-right:\(values + 2)ch"
    let names = groups.map(\.name)
    let (long, short) = (ShortLabels.make(names, count: 60), ShortLabels.make(names, count: 22))
    page.element("div", ["class": "bars", "style": style]) {
      let heights = groups.map { Self.nameHeight + $0.bars.count * Self.rowHeight + Self.gap }
      panel.writeDrawing(style: "height:\(heights.reduce(0, +))px", into: page) {
        var top = 0
        for (index, group) in groups.enumerated() {
          writeName(long[index], short[index], y: top + 14, into: page)
          write(group, top: top, isSingle: isSingle, into: page)
          top += heights[index]
        }
      }
    }
  }

  private func write(_ group: Group, top: Int, isSingle: Bool, into page: XMLWriter) {
    for (row, bar) in group.bars.enumerated() {
      let y = top + Self.nameHeight + row * Self.rowHeight
      let label: KeyValuePairs =
        isSingle
        ? ["class": "value", "x": "100%", "y": "\(top + 14)", "text-anchor": "end"]
        : ["class": "value", "x": "100%", "dx": "\(8)", "y": "\(y + 10)"]
      page.element("text", label, text: bar.text)
      guard let value = bar.value else { continue }
      page.empty(
        "rect", ["class": "track", "y": "\(y)", "width": "100%", "height": "\(Self.barHeight)"])
      let (zero, end) = (fraction(0), fraction(value))
      page.element(
        "rect",
        [
          "class": "fill s\(bar.colour)", "x": percent(min(zero, end)), "y": "\(y)",
          "width": percent(abs(end - zero)), "height": "\(Self.barHeight)",
        ]
      ) { page.element("title", text: "\(group.name): \(bar.text)") }
    }
  }

  /// The position of a value between the least and the greatest. Each bar shows its number, so there are no ticks.
  private func fraction(_ value: Double) -> Double {
    if panel.spec.logarithmic, let scale = panel.scale {
      return value > 0 ? scale.fraction(value) : 0
    }
    return (value - bounds.low) / (bounds.high - bounds.low)
  }

  private var bounds: (low: Double, high: Double) {
    let values = groups.flatMap { $0.bars.compactMap(\.value) }
    let low = min(0, values.min() ?? 0)
    let high = max(0, values.max() ?? 0)
    return (low, high == low ? 1 : high)
  }

  /// Text in SVG does not wrap, so a narrow screen shows a shorter part of a long name.
  private func writeName(_ long: String, _ short: String, y: Int, into page: XMLWriter) {
    guard long != short else {
      return page.element("text", ["class": "name", "x": "0", "y": "\(y)"], text: long)
    }
    page.element("text", ["class": "name wide", "x": "0", "y": "\(y)"], text: long)
    page.element("text", ["class": "name narrow", "x": "0", "y": "\(y)"], text: short)
  }
}
