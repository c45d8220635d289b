import ReportModel

/// Writes the row of one report.
struct IndexRow {
  let entry: IndexPage.Entry
  let language: Language

  func write(into page: XMLWriter) {
    page.element("td", ["class": "what"]) { writeReport(into: page) }
    cell(.newest, "fixed", entry.intervalName, into: page)
    page.element(
      "td", ["data-label": language[.state], "class": "state \(look.style)"],
      text: "\(look.mark) \(language[look.word])")
    cell(.rows, "right fixed", entry.rows.map(language.number), into: page)
    cell(.asOfTime, "when", entry.asOf.map(language.shown), into: page)
    page.element("td", ["data-label": language[.files], "class": "files"]) { writeFiles(into: page) }
  }

  private func writeReport(into page: XMLWriter) {
    if let file = entry.files.first(where: { $0.hasSuffix(".html") }), let reference = reference(file) {
      page.element("a", ["href": reference, "dir": "auto"], text: entry.title)
    } else {
      page.element("strong", ["dir": "auto"], text: entry.title)
    }
    page.raw(" ")
    page.element("span", ["class": "note"]) {
      page.element("code", text: entry.reportName)
      if let owner = entry.owner { page.text(" \(owner)") }
    }
    if let description = entry.description { page.element("p", ["dir": "auto"], text: description) }
    guard !entry.tags.isEmpty else { return }
    page.element("ul", ["class": "tags", "aria-label": language[.tags]]) {
      for tag in entry.tags { page.element("li", text: tag) }
    }
  }

  private func writeFiles(into page: XMLWriter) {
    guard entry.intervalName != nil, entry.state != .missing else { return page.element("i", text: "—") }
    for file in entry.files + [FileNames.manifest] {
      guard let reference = reference(file) else { continue }
      page.element(
        "a",
        [
          "href": reference,
          "aria-label": language.text(.fileOf, ["file": file, "report": entry.reportName]),
        ], text: kind(of: file))
    }
  }

  private func kind(of file: String) -> String {
    if file == FileNames.manifest { return language[.manifest] }
    if file.hasSuffix(".html") { return language[.page] }
    if file.hasSuffix(".xlsx") { return "Excel" }
    return file.hasSuffix(".csv") ? "CSV" : file
  }

  private func reference(_ file: String) -> String? {
    entry.intervalName.map { PageText.reference("\(entry.reportName)/\($0)/\(file)") }
  }

  private func cell(_ label: Word, _ style: String, _ text: String?, into page: XMLWriter) {
    page.element("td", ["data-label": language[label], "class": style]) {
      if let text { page.text(text) } else { page.element("i", text: "—") }
    }
  }

  /// Word, symbol and colour: the colour alone must not carry the state.
  private var look: (word: Word, mark: String, style: String) {
    switch entry.state {
    case .confirmed: (.confirmed, "✓", "good")
    case .published: (.published, "○", "wait")
    case .owed: (.filesOwed, "…", "wait")
    case .failed: (.failed, "✕", "bad")
    case .missing: (.nothingYet, "–", "wait")
    }
  }
}
