import ReportModel

/// The parts of a page below its table.
extension ReportPage {
  func writeFacts() {
    page.element("section") {
      page.element("details", ["class": "about"]) {
        page.element("summary", text: language[.about])
        page.element("dl", ["class": "facts"]) {
          for (name, value) in facts {
            page.element("dt", text: name)
            page.element("dd", ["dir": "auto"]) { write(value) }
          }
        }
      }
    }
    page.newline()
  }

  private var facts: [(String, String?)] {
    let asOf = content.asOf
    var facts: [(String, String?)] = []
    if let owner = content.owner { facts.append((language[.owner], owner)) }
    if let interval = content.interval {
      let bounds = language.text(
        .intervalBounds,
        ["start": interval.start.description, "end": interval.end.description])
      facts.append((language[.interval], bounds))
    }
    facts.append((language[.asOfTime], asOf.time))
    if !asOf.unproven.isEmpty {
      facts.append((language[.asOfUnproven], asOf.unproven.joined(separator: ", ")))
    }
    let position = language.text(
      .positionValue, ["position": asOf.position, "timeline": "\(asOf.timeline)"])
    facts.append((language[.position], position))
    if let replica = asOf.replica { facts.append((language[.replica], replica)) }
    facts += content.parameters.map { (language.text(.parameter, ["name": $0.name]), $0.value) }
    return facts + [(language[.run], content.run), (language[.fingerprint], content.fingerprint)]
  }

  private func write(_ value: String?) {
    if let value { page.text(value) } else { page.element("i", text: "—") }
  }

  /// Writes titles and descriptions of columns beside their names in SQL and CSV.
  func writeColumns() {
    let described = content.columns.filter { $0.description != nil || $0.title != $0.name }
    guard !described.isEmpty else { return }
    page.element("section", ["aria-labelledby": "columns"]) {
      page.element("h2", ["id": "columns"], text: language[.columns])
      page.element("dl", ["class": "facts"]) {
        for column in described {
          page.element("dt") { page.element("code", text: column.name) }
          page.element(
            "dd", ["dir": "auto"], text: column.description.map { "\(column.title) — \($0)" } ?? column.title)
        }
      }
    }
    page.newline()
  }

  func writeFooter() {
    page.element("footer") {
      page.element("span", text: content.generator)
    }
  }
}
