import ReportModel

/// A table of sums: a row for each group, or for each group of each interval.
struct TotalsTable {
  let content: PageContent
  /// The columns of the groups' values, by an example.
  let label: [NamedValue]
  /// The columns of the sums, by an example.
  let sums: [TotalsGroup.Measure]

  private var language: Language { content.language }

  /// - Parameters:
  ///   - name: of the region that scrolls.
  ///   - rows: the interval's name in a table of several, the values of the group, and the sums.
  func write(
    _ name: String, rows: [(interval: String?, label: [NamedValue], sums: [String?])], into page: XMLWriter
  ) {
    page.element("div", ["class": "scroll", "role": "region", "aria-label": name, "tabindex": "0"]) {
      page.element("table") {
        page.element("thead") {
          page.element("tr") {
            if rows.first?.interval != nil { writeHead(language[.interval], into: page) }
            for value in label { writeHead(content.column(value.name).title, into: page) }
            for sum in sums { writeHead(content.column(sum.name).title, isNumber: true, into: page) }
          }
        }
        page.element("tbody") {
          for row in rows {
            page.element("tr") {
              if let interval = row.interval { page.element("th", ["scope": "row"], text: interval) }
              for value in row.label {
                page.element("td", text: content.unmarked(value.value, of: value.name))
              }
              for (sum, value) in zip(sums, row.sums) {
                page.element(
                  "td", ["class": value?.first == "-" ? "right neg" : "right"],
                  text: content.shown(value, of: sum.name, in: row.label))
              }
            }
          }
        }
      }
    }
  }

  private func writeHead(_ title: String, isNumber: Bool = false, into page: XMLWriter) {
    page.start("th", ["scope": "col", "dir": "auto"])
    if isNumber { page.attribute("class", "right") }
    page.text(title)
    page.end()
  }

  /// The sums of the intervals that the small lines show, the newest first; nothing without any.
  static func writeHistory(_ content: PageContent, into page: XMLWriter) {
    let totals = content.totals
    let groups = totals.groups.prefix(Answer.maxCards)
    guard let first = groups.first, totals.intervals.count > 1 else { return }
    var rows: [(interval: String?, label: [NamedValue], sums: [String?])] = []
    for index in totals.intervals.indices.reversed() {
      for group in groups {
        let sums = group.sums.map { index < $0.history.count ? $0.history[index] : nil }
        guard sums.contains(where: { $0 != nil }) else { continue }
        rows.append((content.language.rowName(totals.intervals[index]), group.label, sums))
      }
    }
    guard rows.count > 1 else { return }
    page.element("details", ["class": "values"]) {
      page.element("summary", text: content.language[.history])
      TotalsTable(content: content, label: first.label, sums: first.sums).write(
        content.language[.history], rows: rows, into: page)
    }
    page.newline()
  }
}

extension Language {
  /// `2026-11-22 Sun`, `Nov 2026`, or the first day of a week.
  func rowName(_ interval: Interval) -> String {
    if interval.start.adding(days: 1) == interval.end {
      return digits(interval.start) + " " + shortWeekday(interval.start)
    }
    return interval.start.adding(months: 1) == interval.end ? month(interval.start) : digits(interval.start)
  }
}

extension PageContent {
  func unmarked(_ value: String?, of name: String) -> String {
    guard let value else { return "—" }
    let column = column(name)
    if column.format == .date { return language.shown(value) }
    return column.isNumeric || column.format != nil ? language.number(value, column.format) : value
  }

  /// With the unit of the column behind it, or the sign of the currency that is among `label`.
  func shown(_ value: String?, of name: String, in label: [NamedValue]) -> String {
    guard value != nil else { return "—" }
    let column = column(name)
    let sign =
      column.format == .money ? label.lazy.compactMap { $0.value.flatMap(CurrencySign.sign) }.first : nil
    guard let unit = column.unit ?? sign else { return unmarked(value, of: name) }
    return unmarked(value, of: name) + "\u{202F}" + unit
  }
}
