import ReportModel

/// The first part of a page: the sums of the newest interval, how they changed, and what led to them.
struct Answer {
  /// More groups are rows of a table, which opens by a touch.
  static let maxCards = 5

  let content: PageContent

  private var language: Language { content.language }

  func write(into page: XMLWriter) {
    let groups = content.totals.groups
    guard !groups.isEmpty else { return }
    let cards = groups.prefix(Self.maxCards)
    page.element(
      "section", ["class": groups.count == 1 ? "totals only" : "totals", "aria-label": language[.totals]]
    ) {
      for group in cards {
        page.element("div", ["class": "card total"]) {
          page.element(
            "h2", ["dir": "auto"], text: group.label.isEmpty ? language[.total] : label(of: group))
          page.element("dl") { for sum in group.sums { write(sum, of: group, into: page) } }
        }
      }
    }
    page.newline()
    writeRest(into: page)
  }

  private func write(_ measure: TotalsGroup.Measure, of group: TotalsGroup, into page: XMLWriter) {
    page.element("div") {
      page.element("dt", ["dir": "auto"], text: content.column(measure.name).title)
      page.element("dd") {
        page.element(
          "span", ["class": "number"], text: content.shown(measure.value, of: measure.name, in: group.label))
        if let path = SparkLine.path(measure.history) { page.raw(SparkLine.markup(path)) }
        writeChange(measure, of: group, into: page)
      }
    }
  }

  private func writeChange(_ measure: TotalsGroup.Measure, of group: TotalsGroup, into page: XMLWriter) {
    guard let comparison = content.totals.comparison, let own = content.interval, measure.value != nil else {
      return
    }
    let name = language.short(comparison, from: own)
    page.element("span", ["class": "note change"]) {
      if let (change, direction) = ChangeText.change(measure.value, from: measure.base, in: language) {
        page.element("b", ["class": direction.rawValue], text: change)
        page.text(" " + language.text(.against, ["interval": name]))
      } else if let base = measure.base {
        let value = content.shown(base, of: measure.name, in: group.label)
        page.text(language.text(.valueOn, ["value": value, "interval": name]))
      } else {
        page.text(language.text(.noValueFor, ["interval": name]))
      }
    }
  }

  /// The groups that have no card, as a table.
  private func writeRest(into page: XMLWriter) {
    let rest = content.totals.groups.dropFirst(Self.maxCards)
    let count = content.totals.count - Self.maxCards
    guard let first = rest.first else { return }
    page.element("details", ["class": "values"]) {
      page.element("summary", text: language.text(.more, ["n": language.number(count)]))
      TotalsTable(content: content, label: first.label, sums: first.sums).write(
        language[.moreTotals], rows: rest.map { (nil, $0.label, $0.sums.map(\.value)) }, into: page)
      if count > rest.count {
        page.element(
          "p", ["class": "note"],
          text: language.text(
            .greatestGroups, ["shown": language.number(rest.count), "all": language.number(count)]))
      }
    }
    page.newline()
  }

  private func label(of group: TotalsGroup) -> String {
    group.label.map { "\(content.column($0.name).title): \(content.unmarked($0.value, of: $0.name))" }
      .joined(separator: ", ")
  }
}
