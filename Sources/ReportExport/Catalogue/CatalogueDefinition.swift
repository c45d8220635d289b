import ReportModel

/// What a report's definition says: columns, checks, parameters, when it runs, its table and grants.
struct CatalogueDefinition {
  let entry: CatalogueReport
  let words: CatalogueWords

  private var report: Report { entry.report }
  private var materialization: Materialization { report.materialization }

  func write(into page: XMLWriter) {
    writeColumns(into: page)
    writeChecks(into: page)
    writeParameters(into: page)
    page.element("div", ["class": "pair"]) {
      facts(words.schedule, scheduleFacts, into: page)
      facts(words.table, tableFacts, into: page)
    }
    writeGrants(into: page)
  }

  // MARK: Tables

  private func writeColumns(into page: XMLWriter) {
    let names = report.outputColumns ?? report.columns.map(\.name)
    table(
      "columns", words.columns, [words.name, words.titleOfColumn, words.type, words.description], names,
      into: page
    ) {
      name in
      let column = report.column(name)
      page.element("th", ["scope": "row", "dir": "auto"]) {
        page.element("code", text: name)
        for mark in marks(of: name) { page.element("span", ["class": "note"], text: " " + mark) }
      }
      cell(words.titleOfColumn, column?.title, into: page)
      cell(words.type, column?.type ?? column?.format?.rawValue, into: page)
      cell(words.description, column?.description, into: page)
    }
  }

  private func marks(of column: String) -> [String] {
    (materialization.uniqueKey.contains(column) ? [words.key] : [])
      + (materialization.timeColumn == column ? [words.time] : [])
  }

  private func writeChecks(into page: XMLWriter) {
    table("checks", words.checks, [words.check, words.severity, words.lastValue], report.checks, into: page) {
      check in
      let text = check.rule.text
      page.element("th", ["scope": "row", "dir": "auto"]) {
        page.element("code", text: SecretMask.masked(text))
      }
      cell(words.severity, words.state(check.severity.rawValue), into: page)
      let value = entry.standing?.checks[text]
      page.element("td", ["data-label": words.lastValue, "class": "fixed"]) {
        guard let value else { return page.element("i", text: "—") }
        let style = value.isPassed ? "good" : check.severity == .error ? "bad" : "wait"
        page.element("span", ["class": "state \(style)"]) {
          page.element("b", text: value.isPassed ? words.passed : words.notPassed)
        }
        if let rows = value.rows {
          let number = words.count(rows, words.rowCount)
          page.text(" " + (value.isAtLeast ? words.fill(words.atLeast, number) : number))
        }
      }
    }
  }

  private func writeParameters(into page: XMLWriter) {
    table(
      "parameters", words.parameters, [words.name, words.type, words.defaultValue, words.description],
      report.parameters, into: page
    ) { parameter in
      page.element("th", ["scope": "row", "dir": "auto"]) { page.element("code", text: parameter.name) }
      cell(words.type, parameter.type.rawValue + (parameter.isList ? "[]" : ""), into: page)
      cell(words.defaultValue, text(parameter.defaultValue), into: page)
      cell(words.description, parameter.description, into: page)
    }
  }

  private func text(_ value: Parameter.Value?) -> String? {
    switch value {
    case nil: nil
    case .null?: "null"
    case .scalar(let text)?: text
    case .list(let items)?: items.joined(separator: ", ")
    }
  }

  private func writeGrants(into page: XMLWriter) {
    let roles = materialization.grants.reduce(into: [String]()) { roles, grant in
      if !roles.contains(grant.role) { roles.append(grant.role) }
    }
    table("grants", words.grants, [words.role, words.privileges], roles, into: page) { role in
      page.element("th", ["scope": "row", "dir": "auto"]) { page.element("code", text: role) }
      let privileges = materialization.grants.filter { $0.role == role }.map(\.privilege.rawValue)
      cell(words.privileges, privileges.joined(separator: ", "), into: page)
    }
  }

  /// Nothing for an empty table.
  private func table<Item>(
    _ identifier: String, _ title: String, _ heads: [String], _ items: [Item], into page: XMLWriter,
    _ row: (Item) -> Void
  ) {
    guard !items.isEmpty else { return }
    page.element("section") {
      page.element("h2", ["id": identifier], text: title)
      page.element(
        "div", ["class": "card scroll all", "role": "region", "aria-labelledby": identifier, "tabindex": "0"]
      ) {
        page.element("table", ["class": "stack wrap"]) {
          page.element("thead") {
            page.element("tr") { for head in heads { page.element("th", ["scope": "col"], text: head) } }
          }
          page.element("tbody") {
            for item in items {
              page.newline()
              page.element("tr") { row(item) }
            }
          }
        }
      }
    }
    page.newline()
  }

  private func cell(_ label: String, _ text: String?, into page: XMLWriter) {
    page.start("td")
    if let text, !text.isEmpty {
      page.attribute("data-label", label)
      page.attribute("dir", "auto")
      page.text(text)
    }
    page.end()
  }

  // MARK: Facts

  private typealias Facts = [(label: String, value: String?)]

  private var scheduleFacts: Facts {
    let hasPeriod = report.period != .none
    let period = words.periods[report.period.rawValue] ?? report.period.rawValue
    return [
      (words.period, report.start.map { "\(period), \(words.since) \($0)" } ?? period),
      (words.expected, expected),
      (words.catchUp, !hasPeriod ? nil : report.catchUp == .all ? words.catchUpAll : words.catchUpNewest),
      (
        words.lookback,
        materialization.lookback > 0
          ? words.fill(words.lookbackIntervals, "\(materialization.lookback)") : nil
      ),
      (words.kept, words.fill(words.keptIntervals, "\(report.export.keep)")),
    ]
  }

  private var expected: String {
    guard let seconds = report.expectWithinSeconds else { return words.notExpected }
    let text = report.period == .none ? words.afterAsOf : words.afterInterval
    return words.fill(text, Self.duration(seconds))
  }

  private static func duration(_ seconds: Int) -> String {
    for (unit, length) in [("d", 86_400), ("h", 3600), ("min", 60)]
    where seconds >= length && seconds % length == 0 {
      if unit == "d", seconds < 3 * 86_400 { continue }
      return "\(seconds / length) \(unit)"
    }
    return "\(seconds) s"
  }

  private var tableFacts: Facts {
    [
      (words.source, materialization.table?.description ?? words.none),
      (words.materialization, materialization.kind.rawValue),
      (words.timeColumn, materialization.timeColumn),
      (
        words.uniqueKey,
        materialization.uniqueKey.isEmpty ? nil : materialization.uniqueKey.joined(separator: ", ")
      ),
      (words.retention, materialization.retention?.description),
      (words.definition, report.metadataFile),
    ]
  }

  private func facts(_ title: String, _ facts: Facts, into page: XMLWriter) {
    page.element("section") {
      page.element("h2", text: title)
      page.element("dl", ["class": "facts"]) {
        for (label, value) in facts {
          guard let value else { continue }
          page.element("dt", text: label)
          page.element("dd", text: value)
        }
      }
    }
    page.newline()
  }
}
