import ReportModel

/// Writes one chart of a page: title, notes, legend, drawings and the table of its values.
struct ChartFigure {
  let chart: ChartContent
  let data: ChartData
  let x: PageColumn
  let y: PageColumn
  let words: ChartWords
  /// Unique on the page.
  let identifier: String

  init(_ chart: ChartContent, content: PageContent, identifier: String) {
    self.chart = chart
    self.identifier = identifier
    let words = ChartWords(language: content.language)
    self.words = words
    data = ChartData(
      chart, words: words,
      unnamed: chart.spec.series.map { words.unnamed(content.column($0).title) } ?? "—")
    x = content.column(chart.spec.x)
    y = content.column(chart.spec.y)
  }

  private var language: Language { words.language }

  var title: String { chart.spec.title ?? words.title(y.title, x.title) }

  func write(into page: XMLWriter) {
    let panels = panels
    page.element("figure", ["class": "card chart"]) {
      page.element("figcaption", ["class": "bar-head"]) {
        page.element("h2", ["dir": "auto"], text: title)
        page.element("p", ["class": "note"], text: notes(panels).joined(separator: "; "))
      }
      if hasData(panels) {
        if panels.count == 1, chart.spec.type != .pie { writeLegend(into: page) }
        page.element("div", ["class": panels.count > 1 ? "panels" : "panel"]) {
          let margin = PlotMargin(panels)
          for panel in panels { write(panel, margin, into: page) }
        }
        ChartTable(data: data, x: x, y: y, words: words).write(isOpen: chart.spec.table, into: page)
      } else {
        page.element("p", ["class": "none"], text: language[.noData])
      }
    }
    page.newline()
  }

  private func hasData(_ panels: [ChartPanel]) -> Bool {
    if chart.spec.type == .pie, let panel = panels.first {
      return !Pie(panel: panel, rest: data.rest).slices.isEmpty
    }
    return data.rest?.y != nil || panels.contains { $0.scale != nil }
  }

  private var panels: [ChartPanel] {
    let split = ChartPanel.split(data.series, chart.spec)
    let frame = PlotFrame(data, chart)
    return split.enumerated().map { index, series in
      let heading = split.count > 1 ? series.first?.name : nil
      return ChartPanel(
        spec: chart.spec, axis: data.axis, series: series, x: x, y: y, words: words,
        interval: chart.interval, frame: frame, title: heading.map { "\(title): \($0)" } ?? title,
        heading: heading,
        identifier: split.count > 1 ? "\(identifier)-\(index + 1)" : identifier)
    }
  }

  private func write(_ panel: ChartPanel, _ margin: PlotMargin, into page: XMLWriter) {
    func writeContents() {
      if let heading = panel.heading {
        page.element("h3", ["dir": "auto"]) {
          page.text(heading)
          if let unit = unit(panel) { page.element("span", ["class": "note"], text: " \(unit)") }
          if let newest = newest(panel) { page.element("span", ["class": "note newest"], text: newest) }
        }
      }
      if chart.spec.type == .pie {
        Pie(panel: panel, rest: data.rest).write(into: page)
      } else if panel.isList {
        CategoryBars(panel: panel, rest: data.rest).write(into: page)
      } else if let scale = panel.scale {
        Plot(panel: panel, scale: scale, margin: margin).write(into: page)
      } else {
        page.element("p", ["class": "none"], text: language[.noData])
      }
    }
    guard panel.heading != nil else { return writeContents() }
    page.element("div", ["class": "panel"], writeContents)
  }

  /// The newest value of bars, with its place: `2026-11-29: 78.37`.
  private func newest(_ panel: ChartPanel) -> String? {
    guard chart.spec.type == .bar, !panel.isList, data.axis.isTime,
      let point = panel.series.first?.points.last(where: { $0.y != nil })
    else { return nil }
    return "\(words.name(point.source.x)): \(panel.shown(point.source.y))"
  }

  /// What the values of the axis count: `millions ₽`, `pcs`; nil for nothing.
  private func unit(_ panel: ChartPanel) -> String? {
    let hasAxis = !panel.isList && chart.spec.type != .pie
    let parts = [hasAxis ? panel.scale?.unit.map { language[$0] } : nil, panel.unit]
    let text = parts.compactMap(\.self).joined(separator: " ")
    return text.isEmpty ? nil : text
  }

  private func notes(_ panels: [ChartPanel]) -> [String] {
    var parts: [String] = []
    // What is in "other" has days, too.
    if data.rest == nil, data.axis.kind == .days || data.axis.kind == .moments,
      let first = data.series.flatMap(\.points).min(by: { $0.x < $1.x }),
      let last = data.series.flatMap(\.points).max(by: { $0.x < $1.x })
    {
      let (from, to) = (language.shown(first.source.x ?? ""), language.shown(last.source.x ?? ""))
      parts.append(first.x == last.x ? from : language.text(.range, ["first": from, "last": to]))
    }
    if panels.count > 1 {
      parts.append(language[.ownScales])
    } else if let panel = panels.first {
      if let unit = unit(panel) { parts.append(unit) }
    }
    if chart.spec.type == .pie, let rest = data.rest, let text = rest.y, (Double(text) ?? 1) <= 0 {
      parts.append("\(words.other(rest.otherX)): \(language.number(text, y.format ?? .number))")
    }
    if chart.spec.logarithmic { parts.append(language[.logarithmic]) }
    return parts + counts(panels) + words.leftOut(data.leftOut, x: x.title)
  }

  /// How much of x is not drawn.
  private func counts(_ panels: [ChartPanel]) -> [String] {
    guard chart.spec.topCount == nil else { return [] }
    let drawn = Set(chart.points.map(\.x)).count
    let all = max(chart.xCount ?? 0, drawn)
    if panels.contains(where: \.isList) {
      let shown = panels.map { CategoryBars(panel: $0, rest: nil) }
      guard let most = shown.max(by: { $0.count < $1.count }), most.count > most.groups.count || all > drawn
      else {
        return []
      }
      return [
        chart.spec.sort == .x
          ? words.part(.firstOf, most.groups.count, of: max(all, most.count))
          : words.part(.greatestOf, most.groups.count, of: max(all, most.count))
      ]
    }
    guard all > drawn else { return [] }
    return [
      data.axis.kind == .names
        ? words.part(.greatestOf, drawn, of: all) : words.part(.newestOf, drawn, of: all)
    ]
  }

  private func writeLegend(into page: XMLWriter) {
    guard data.series.contains(where: { $0.name != nil }) else { return }
    page.element("ul", ["class": "legend"]) {
      for series in data.series {
        page.element("li") {
          page.element("svg", ["width": "24", "height": "12", "aria-hidden": "true"]) {
            if chart.spec.type == .line {
              page.empty(
                "line", ["class": "ln s\(series.colour)", "x1": "1", "x2": "23", "y1": "6", "y2": "6"])
            } else {
              page.empty(
                "rect",
                ["class": "fill s\(series.colour)", "x": "6", "width": "12", "height": "12", "rx": "2"])
            }
          }
          page.element("span", ["dir": "auto"], text: series.name ?? "")
        }
      }
    }
  }
}
