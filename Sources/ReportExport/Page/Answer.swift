import ReportModel

/// The first part of a page: the sums of the newest interval, how they changed, and what led to them.
struct Answer {
  /// More groups are rows of a table, which opens by a touch.
  static let maxCards = 5

  let content: PageContent

  func write(into page: XMLWriter) {
    let groups = content.totals.groups
    guard !groups.isEmpty else { return }
    let cards = groups.prefix(Self.maxCards)
    page.element("section", ["class": groups.count == 1 ? "totals only" : "totals", "aria-label": "Totals"]) {
      for group in cards {
        page.element("div", ["class": "card total"]) {
          page.element("h2", text: group.label.isEmpty ? "Total" : label(of: group))
          page.element("dl") { for sum in group.sums { write(sum, of: group, into: page) } }
        }
      }
    }
    page.newline()
    writeRest(into: page)
  }

  private func write(_ measure: TotalsGroup.Measure, of group: TotalsGroup, into page: XMLWriter) {
    page.element("div") {
      page.element("dt", text: content.column(measure.name).title)
      page.element("dd") {
        page.element("span", ["class": "number"], text: shown(measure.value, of: measure.name, in: group))
        writeSpark(measure.history, into: page)
        writeChange(measure, of: group, into: page)
      }
    }
  }

  private func writeChange(_ measure: TotalsGroup.Measure, of group: TotalsGroup, into page: XMLWriter) {
    guard let comparison = content.totals.comparison, let own = content.interval, measure.value != nil else {
      return
    }
    let name = DateText.short(comparison, from: own)
    page.element("span", ["class": "note change"]) {
      if let (change, direction) = ChangeText.change(measure.value, from: measure.base) {
        page.element("b", ["class": direction.rawValue], text: change)
        page.text(" against \(name)")
      } else if let base = measure.base {
        page.text("\(shown(base, of: measure.name, in: group)) on \(name)")
      } else {
        page.text("no value for \(name)")
      }
    }
  }

  /// The groups that have no card, as a table.
  private func writeRest(into page: XMLWriter) {
    let rest = content.totals.groups.dropFirst(Self.maxCards)
    let count = content.totals.count - Self.maxCards
    guard let first = rest.first else { return }
    page.element("details", ["class": "values"]) {
      page.element("summary", text: "\(NumberText.text(count)) more")
      page.element(
        "div", ["class": "scroll", "role": "region", "aria-label": "More totals", "tabindex": "0"]
      ) {
        page.element("table") {
          page.element("thead") {
            page.element("tr") {
              for value in first.label {
                page.element("th", ["scope": "col"], text: content.column(value.name).title)
              }
              for sum in first.sums {
                page.element("th", ["scope": "col", "class": "right"], text: content.column(sum.name).title)
              }
            }
          }
          page.element("tbody") {
            for group in rest {
              page.element("tr") {
                for value in group.label { page.element("td", text: plain(value.value, of: value.name)) }
                for sum in group.sums {
                  page.element("td", ["class": "right"], text: shown(sum.value, of: sum.name, in: group))
                }
              }
            }
          }
        }
      }
      if count > rest.count {
        page.element(
          "p", ["class": "note"],
          text: "The \(NumberText.text(rest.count)) greatest of \(NumberText.text(count)).")
      }
    }
    page.newline()
  }

  /// A line of the intervals up to the page's own, of 100 by 24 units; nothing for less than two values.
  private func writeSpark(_ history: [String?], into page: XMLWriter) {
    let values = history.map { $0.flatMap(Double.init).flatMap { abs($0) <= 1e300 ? $0 : nil } }
    let known = values.compactMap { $0 }
    guard known.count > 1, let low = known.min(), let high = known.max() else { return }
    let range = high > low ? high - low : 1
    var path = ""
    var isDown = false
    for (index, value) in values.enumerated() {
      guard let value else {
        isDown = false
        continue
      }
      let x = Int((Double(index) / Double(max(values.count - 1, 1)) * 1000).rounded())
      let y = Int(((high - value) / range * 200).rounded()) + 20
      path += (isDown ? "L" : "M") + "\(x) \(y)"
      isDown = true
    }
    page.element(
      "svg",
      ["class": "spark", "viewBox": "0 0 1000 240", "preserveAspectRatio": "none", "aria-hidden": "true"]
    ) { page.empty("path", ["class": "ln s0", "d": path]) }
  }

  private func label(of group: TotalsGroup) -> String {
    group.label.map { "\(content.column($0.name).title): \(plain($0.value, of: $0.name))" }.joined(
      separator: ", ")
  }

  private func plain(_ value: String?, of name: String) -> String {
    value.map { NumberText.text($0, format: content.column(name).format) } ?? "—"
  }

  /// With the sign of the group's currency behind money, or the unit of the column.
  private func shown(_ value: String?, of name: String, in group: TotalsGroup) -> String {
    guard value != nil else { return "—" }
    let column = content.column(name)
    let sign =
      column.format == .money
      ? group.label.lazy.compactMap { $0.value.flatMap(CurrencySign.sign) }.first : nil
    guard let unit = column.unit ?? sign else { return plain(value, of: name) }
    return plain(value, of: name) + "\u{202F}" + unit
  }
}
