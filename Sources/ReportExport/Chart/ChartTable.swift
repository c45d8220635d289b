import ReportModel

/// A table of the values that a chart draws: readable by touch, on paper and by screen readers.
struct ChartTable {
  /// A longer table is there only when the definition asks for it.
  static let maxRows = 130

  let data: ChartData
  let x: PageColumn
  let y: PageColumn
  let words: ChartWords

  private var language: Language { words.language }

  func write(isOpen: Bool?, into page: XMLWriter) {
    let places = Set(data.series.flatMap { $0.points.map(\.x) }).sorted()
    guard isOpen ?? (places.count <= Self.maxRows), !places.isEmpty || data.rest != nil else { return }
    page.start("details", ["class": "values"])
    if isOpen == true { page.attribute("open", "") }
    page.element("summary", text: language[.values])
    page.element(
      "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": language[.values]]
    ) {
      page.element("table") {
        writeHead(into: page)
        let points = data.series.map { Dictionary($0.points.map { ($0.x, $0) }) { first, _ in first } }
        let isTime = data.axis.kind == .days || data.axis.kind == .moments
        page.element("tbody") {
          for place in isTime ? places.reversed() : places {
            let row = points.map { $0[place] }
            writeRow(
              words.name(row.compactMap { $0 }.first?.source.x), row.map { $0?.source.y },
              into: page)
          }
          if let rest = data.rest { writeRow(words.other(rest.otherX), [rest.y], into: page) }
        }
      }
    }
    page.end()
  }

  private func writeHead(into page: XMLWriter) {
    page.element("thead") {
      page.element("tr") {
        page.element("th", ["scope": "col", "dir": "auto"], text: x.title)
        for series in data.series {
          page.element(
            "th", ["scope": "col", "class": "right", "dir": "auto"], text: series.name ?? y.titleWithUnit)
        }
      }
    }
  }

  private func writeRow(_ name: String, _ values: [String?], into page: XMLWriter) {
    page.element("tr") {
      page.element("th", ["scope": "row"], text: name)
      for value in values {
        page.element(
          "td", ["class": "right"],
          text: value.map { language.number($0, y.format ?? .number) } ?? "—")
      }
    }
  }
}
