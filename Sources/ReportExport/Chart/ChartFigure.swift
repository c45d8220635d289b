import ReportModel

/// Writes one chart of a page: title, legend and drawing.
struct ChartFigure {
  let chart: ChartContent
  let data: ChartData
  let x: PageColumn
  let y: PageColumn
  /// Unique on the page.
  let identifier: String

  init(_ chart: ChartContent, content: PageContent, identifier: String) {
    self.chart = chart
    self.identifier = identifier
    data = ChartData(chart)
    x = content.column(chart.spec.x)
    y = content.column(chart.spec.y)
  }

  var title: String { chart.spec.title ?? "\(y.title), \(x.title)" }

  func write(into page: XMLWriter) {
    page.element("figure", ["class": "card chart"]) {
      let scale = makeScale()
      page.element("figcaption", ["class": "bar-head"]) {
        page.element("h2", text: title)
        page.element("p", ["class": "note"], text: note(scale))
      }
      if let scale {
        writeLegend(into: page)
        if data.axis == .category, chart.spec.type == .bar {
          CategoryBars(figure: self).write(into: page)
        } else {
          Plot(figure: self, scale: scale).write(into: page)
        }
      } else {
        page.element("p", ["class": "none"], text: "No data")
      }
    }
    page.newline()
  }

  /// - Returns: nil when there is nothing to draw.
  private func makeScale() -> ValueScale? {
    let values = data.values
    guard let low = values.min(), let high = values.max() else { return nil }
    let isClose = chart.spec.type == .line && low > 0 && low > 0.75 * high
    return ValueScale(low: low, high: high, includesZero: !isClose)
  }

  private func note(_ scale: ValueScale?) -> String {
    var parts: [String] = []
    if data.axis == .time, let first = data.series.flatMap(\.points).min(by: { $0.x < $1.x }),
      let last = data.series.flatMap(\.points).max(by: { $0.x < $1.x })
    {
      parts.append(first.x == last.x ? first.source.x : "\(first.source.x) – \(last.source.x)")
    }
    if let unit = scale?.unit, !(data.axis == .category && chart.spec.type == .bar) { parts.append(unit) }
    if data.hiddenSeries > 0 {
      parts.append("the \(data.series.count) largest of \(data.series.count + data.hiddenSeries)")
    }
    return parts.joined(separator: "; ")
  }

  /// The description for screen readers.
  var summary: String {
    var text = "\(chart.spec.type == .line ? "Line" : "Bar") chart of \(y.title) by \(x.title), "
    text += chart.points.count == 1 ? "1 point" : "\(NumberText.text(chart.points.count)) points"
    if data.series.count > 1 { text += " in \(data.series.count) series" }
    if let (low, high) = data.extremes {
      text += ". Lowest \(shown(low.y)) (\(low.x)), highest \(shown(high.y)) (\(high.x))"
    }
    return text + "."
  }

  func shown(_ value: String?) -> String {
    value.map { NumberText.text($0, format: y.format ?? .number) } ?? "—"
  }

  private func writeLegend(into page: XMLWriter) {
    guard data.series.contains(where: { $0.name != nil }) else { return }
    page.element("ul", ["class": "legend"]) {
      for (index, series) in data.series.enumerated() {
        page.element("li") {
          page.element("svg", ["width": "24", "height": "12", "aria-hidden": "true"]) {
            if chart.spec.type == .line {
              page.empty("line", ["class": "ln s\(index)", "x1": "1", "x2": "23", "y1": "6", "y2": "6"])
            } else {
              page.empty(
                "rect", ["class": "fill s\(index)", "x": "6", "width": "12", "height": "12", "rx": "2"])
            }
          }
          page.element("span", text: series.name ?? "")
        }
      }
    }
  }

  /// Writes the SVG element with title and description; `body` writes its contents.
  func writeDrawing(style: String?, into page: XMLWriter, _ body: () -> Void) {
    page.start("svg", ["role": "img", "aria-labelledby": "\(identifier)-title \(identifier)-text"])
    if let style { page.attribute("style", style) }
    page.element("title", ["id": "\(identifier)-title"], text: title)
    page.element("desc", ["id": "\(identifier)-text"], text: summary)
    body()
    page.end()
  }
}
