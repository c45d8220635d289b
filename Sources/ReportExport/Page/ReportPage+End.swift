/// The parts of a page below its table.
extension ReportPage {
  func writeFacts() {
    page.element("section") {
      page.element("details", ["class": "about"]) {
        page.element("summary", text: "About these numbers")
        page.element("dl", ["class": "facts"]) {
          for (name, value) in facts {
            page.element("dt", text: name)
            page.element("dd") { write(value) }
          }
        }
      }
    }
    page.newline()
  }

  private var facts: [(String, String?)] {
    let asOf = content.asOf
    var facts: [(String, String?)] = []
    if let owner = content.owner { facts.append(("Owner", owner)) }
    if let interval = content.interval {
      facts.append(("Interval", "from \(interval.start), before \(interval.end)"))
    }
    facts.append(("As of", asOf.time))
    if !asOf.unproven.isEmpty {
      facts.append(("As of, unproven for", asOf.unproven.joined(separator: ", ")))
    }
    facts.append(("WAL position", "\(asOf.position), timeline \(asOf.timeline)"))
    if let replica = asOf.replica { facts.append(("Replica", replica)) }
    facts += content.parameters.map { ("Parameter \($0.name)", $0.value) }
    return facts + [("Run", content.run), ("Fingerprint", content.fingerprint)]
  }

  private func write(_ value: String?) {
    if let value { page.text(value) } else { page.element("i", text: "—") }
  }

  /// Writes titles and descriptions of columns beside their names in SQL and CSV.
  func writeColumns() {
    let described = content.columns.filter { $0.description != nil || $0.title != $0.name }
    guard !described.isEmpty else { return }
    page.element("section", ["aria-labelledby": "columns"]) {
      page.element("h2", ["id": "columns"], text: "Columns")
      page.element("dl", ["class": "facts"]) {
        for column in described {
          page.element("dt") { page.element("code", text: column.name) }
          page.element("dd", text: column.description.map { "\(column.title) — \($0)" } ?? column.title)
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
