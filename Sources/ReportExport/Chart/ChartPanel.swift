import ReportModel

/// Series that are drawn over one scale, with everything that their drawing needs.
struct ChartPanel {
  let spec: HTMLSettings.Chart
  let axis: XAxis
  let series: [ChartData.Series]
  let x: PageColumn
  let y: PageColumn
  let words: ChartWords
  /// The page's own interval, when x is the column that intervals go by.
  let interval: Interval?
  /// Of x; that of all panels of the chart.
  let frame: PlotFrame
  /// Of the drawing, for screen readers.
  let title: String
  /// Above the drawing; nil when the chart has one panel.
  let heading: String?
  /// Unique on the page.
  let identifier: String

  /// Which series share a scale: all, or each has its own when the greatest values of two differ by more than an order of
  /// magnitude, because the smaller one would lie on the axis. Pure.
  static func split(_ series: [ChartData.Series], _ spec: HTMLSettings.Chart) -> [[ChartData.Series]] {
    guard spec.type == .line || spec.type == .bar, !spec.logarithmic else { return [series] }
    let sizes = series.map(\.size).filter { $0 > 0 }
    guard let least = sizes.min(), let greatest = sizes.max(), greatest / 10 > least else { return [series] }
    // A series without a value, such as amounts without a currency, would be an empty drawing.
    return series.filter { $0.points.contains { $0.y != nil } }.map { [$0] }
  }

  var language: Language { words.language }

  /// Of the values: that of the column, or the sign of the currency that is the panel's only series; nil for none.
  var unit: String? {
    if let unit = y.unit { return unit }
    guard y.format == .money, series.count == 1, let name = series[0].name else { return nil }
    return CurrencySign.sign(of: name)
  }

  var values: [Double] { series.flatMap { $0.points.compactMap(\.y) } }

  /// nil when there is nothing to draw.
  var scale: ValueScale? {
    var values = values
    if spec.type == .stacked || spec.type == .area {
      values = Stack(series, separatesSigns: spec.type == .stacked).bounds
    }
    guard let low = values.min(), let high = values.max() else { return nil }
    if spec.logarithmic { return ValueScale(logarithmicFrom: low, to: high, language: language) }
    let isClose = spec.type == .line && low > 0 && low > 0.75 * high
    return ValueScale(
      low: low, high: high, includesZero: !isClose, isWhole: y.format == .integer,
      language: language)
  }

  /// Bars that lie, one below the other, rather than stand along x.
  var isList: Bool {
    switch spec.type {
    case .list: true
    case .bar: spec.sort == .value || axis.kind == .names || (spec.sort == nil && !axis.isOrdered)
    case .line, .stacked, .area, .pie: false
    }
  }

  /// The description for screen readers.
  var summary: String {
    let points = series.flatMap(\.points).filter { $0.y != nil }
    var text = words.summary(
      spec.type, y: y.title, x: x.title, points: points.count, series: series.count)
    if let low = points.min(by: { $0.y! < $1.y! }), let high = points.max(by: { $0.y! < $1.y! }) {
      text +=
        ". "
        + language.text(
          .extremes,
          [
            "low": shown(low.source.y), "low_x": low.source.x.map(language.shown) ?? "—",
            "high": shown(high.source.y), "high_x": high.source.x.map(language.shown) ?? "—",
          ])
    }
    return text + "."
  }

  func shown(_ value: String?) -> String {
    value.map { language.number($0, y.format ?? .number) } ?? "—"
  }

  /// Writes the SVG element with title and description; `body` writes its contents.
  func writeDrawing(style: String? = nil, viewBox: String? = nil, into page: XMLWriter, _ body: () -> Void) {
    page.start("svg", ["role": "img", "aria-labelledby": "\(identifier)-title \(identifier)-text"])
    if let style { page.attribute("style", style) }
    if let viewBox { page.attribute("viewBox", viewBox) }
    page.element("title", ["id": "\(identifier)-title"], text: title)
    page.element("desc", ["id": "\(identifier)-text"], text: summary)
    body()
    page.end()
  }
}
