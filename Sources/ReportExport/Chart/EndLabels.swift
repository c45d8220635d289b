import ReportModel

/// The newest value of each line or area over time, written at its end; of bars of one series, beside
/// the last one. Bars beside other drawings have too little room; their heading has it.
struct EndLabels {
  struct Label: Hashable {
    var text: String
    var colour: Int
    /// Of the point, as fractions of the drawing.
    var across: Double
    var down: Double
  }

  let labels: [Label]
  /// Room to the right of the drawing, in letters.
  let width: Int

  /// The distance of two labels, as a fraction of the drawing's height: a line of text on a phone.
  static let distance = 0.075

  init(panel: ChartPanel, scale: ValueScale) {
    let frame = panel.frame
    let last = panel.series.flatMap { $0.points.filter { $0.y != nil }.map(\.x) }.max()
    let isBar = panel.spec.type == .bar
    let isArea = panel.spec.type == .area
    let isShown =
      panel.spec.type == .line || isArea || (isBar && panel.series.count == 1 && panel.heading == nil)
    let stack = isArea && panel.series.count > 1 ? Stack(panel.series, separatesSigns: false).segments : []
    // From the middle of a bar to its right side.
    let side = isBar ? frame.slot / (frame.high - frame.low) * 0.4 : 0
    let ends: [Label] = panel.series.enumerated().compactMap { index, series in
      guard isShown, panel.axis.isTime, let point = series.points.last(where: { $0.y != nil }),
        point.x == last
      else {
        return nil
      }
      // In the middle of what the series adds to a stack.
      let segment = stack.isEmpty ? nil : stack[index].last { $0.x == point.x }
      let place = segment.map { ($0.from + $0.to) / 2 } ?? point.y ?? 0
      return Label(
        text: panel.shown(point.source.y), colour: series.colour, across: frame.across(point.x) + side,
        down: 1 - scale.fraction(place))
    }
    let spread = Self.spread(ends.map(\.down))
    labels = zip(ends, spread).map { label, down in
      var label = label
      label.down = down
      return label
    }
    width = labels.map(\.text.count).max() ?? 0
  }

  /// Moves labels apart that would lie on each other; they keep their order and stay within the drawing. Pure.
  static func spread(_ places: [Double]) -> [Double] {
    let order = places.indices.sorted { places[$0] < places[$1] }
    var moved = places
    var next = -Double.infinity
    for index in order {
      moved[index] = max(moved[index], next)
      next = moved[index] + distance
    }
    next = 1 + distance / 2
    for index in order.reversed() {
      moved[index] = min(moved[index], next)
      next = moved[index] - distance
    }
    return moved
  }

  func write(into page: XMLWriter) {
    for label in labels {
      page.element(
        "text",
        ["class": "value", "x": percent(label.across), "dx": "7", "y": percent(label.down), "dy": ".35em"],
        text: label.text)
    }
  }
}
