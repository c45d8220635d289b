import ReportModel

/// `index.html` of a catalogue: every report with its state and newest files, dashboards, source tables.
struct CatalogueIndex {
  let catalogue: Catalogue
  /// In the order of the catalogue's reports.
  let files: [KeptFiles]

  private var words: CatalogueWords { catalogue.words }

  func write(into page: XMLWriter) {
    PageHead.write(
      title: words.reports, generator: catalogue.generator, language: catalogue.language,
      extraStyle: CatalogueStyle.sheet, script: CatalogueScript.hash, into: page)
    CatalogueBody.write(words, into: page) {
      page.element("header") {
        page.element("h1", text: words.reports)
        page.element("p", ["class": "lead"], text: lead)
      }
      page.newline()
      page.element("main") {
        writeTable(into: page)
        writeDashboards(into: page)
        writeSources(into: page)
      }
      page.element("footer") { page.element("span", text: catalogue.generator) }
    }
  }

  private var lead: String {
    var parts = [words.count(catalogue.reports.count, words.reportCount)]
    if !catalogue.dashboards.isEmpty {
      parts.append(words.count(catalogue.dashboards.count, words.dashboardCount))
    }
    let states =
      catalogue.readAt.map { words.fill(words.statesAsOf, words.moment($0)) } ?? words.statesUnknown
    return parts.joined(separator: ", ") + ". " + states
  }

  private func writeTable(into page: XMLWriter) {
    page.element(
      "section", ["class": "card scroll all", "role": "region", "aria-label": words.reports, "tabindex": "0"]
    ) {
      page.element("table", ["class": "index"]) {
        page.element("caption", ["class": "hidden"], text: words.caption)
        page.element("thead") {
          page.element("tr") {
            for title in [words.report, words.state, words.newest, words.freshness, words.asOf] {
              page.element("th", ["scope": "col"], text: title)
            }
            page.element("th", ["scope": "col", "class": "right"], text: words.rows)
            page.element("th", ["scope": "col"], text: words.files)
          }
        }
        page.element("tbody") {
          for (report, files) in zip(catalogue.reports, files) {
            page.newline()
            CatalogueRow(entry: report, files: files, words: words).write(into: page)
          }
        }
      }
    }
    page.newline()
  }

  private func writeDashboards(into page: XMLWriter) {
    guard !catalogue.dashboards.isEmpty else { return }
    list(words.dashboards, into: page) {
      for dashboard in catalogue.dashboards {
        page.element("li", ["id": CatalogueAddress.identifier(.dashboard, dashboard.name)]) {
          page.element("strong", ["dir": "auto"], text: dashboard.title)
          page.raw(" ")
          page.element("code", text: dashboard.name)
          if let owner = dashboard.owner { page.element("span", ["class": "note"], text: " " + owner) }
          if let text = dashboard.description {
            page.element("p", ["class": "note", "dir": "auto"], text: text)
          }
          page.element("p") {
            links(dashboard.reports, into: page)
            for table in dashboard.tables {
              page.element("code", text: table.description)
              page.raw(" ")
            }
          }
        }
        page.newline()
      }
    }
  }

  private func writeSources(into page: XMLWriter) {
    guard !catalogue.sources.isEmpty else { return }
    list(words.sources, into: page) {
      for source in catalogue.sources {
        page.element("li", ["id": CatalogueAddress.identifier(.source, source.table.description)]) {
          page.element("code", text: source.table.description)
          page.element("p") { links(source.reports, into: page) }
        }
        page.newline()
      }
    }
  }

  private func links(_ reports: [String], into page: XMLWriter) {
    for name in reports { page.element("a", ["href": CatalogueAddress.report(name)], text: name) }
  }

  private func list(_ title: String, into page: XMLWriter, _ body: () -> Void) {
    page.element("section") {
      page.element("h2", text: title)
      page.element("ul", ["class": "list"], body)
    }
    page.newline()
  }
}

/// The body of a catalogue's page, with the words that its script uses.
enum CatalogueBody {
  static func write(_ words: CatalogueWords, into page: XMLWriter, _ body: () -> Void) {
    page.element(
      "body",
      [
        "data-hour": words.lessThanAnHour, "data-hours": words.hours, "data-days": words.days,
        "data-late": words.late, "data-search": words.search, "data-all": words.all, "data-tag": words.tag,
        "data-owner": words.owner, "data-state": words.state,
      ]
    ) {
      page.element("div", ["class": "page"], body)
      page.element("script") { page.raw(CatalogueScript.text) }
    }
    page.newline()
  }
}

/// One report in the index.
struct CatalogueRow {
  let entry: CatalogueReport
  let files: KeptFiles
  let words: CatalogueWords

  private var report: Report { entry.report }
  private var state: StateWords { StateWords(standing: entry.standing, words: words) }

  func write(into page: XMLWriter) {
    let also = (report.columns.flatMap { [$0.name, $0.title ?? ""] } + (report.outputColumns ?? [])).filter {
      !$0.isEmpty
    }
    page.element(
      "tr", ["data-states": state.all.joined(separator: "|"), "data-also": also.joined(separator: " ")]
    ) {
      page.element("td", ["class": "what"]) { writeReport(into: page) }
      writeState(into: page)
      cell(words.newest, "fixed", files.newest.map(words.interval), into: page)
      page.element("td", ["data-label": words.freshness, "class": "fixed"]) {
        FreshnessText(standing: entry.standing, words: words).write(into: page)
      }
      cell(words.asOf, "when", (entry.standing?.asOf).map(words.moment), into: page)
      cell(words.rows, "right fixed", entry.standing?.rows.map(NumberText.text), into: page)
      page.element("td", ["data-label": words.files, "class": "files"]) { writeFiles(into: page) }
    }
  }

  private func writeReport(into page: XMLWriter) {
    page.element("a", ["href": CatalogueAddress.report(report.name), "dir": "auto"], text: report.title)
    page.raw(" ")
    page.element("span", ["class": "note"]) {
      page.element("code", text: report.name)
      if let owner = report.owner {
        page.raw(" ")
        page.element("span", ["class": "owner", "dir": "auto"], text: owner)
      }
    }
    if let text = report.description { page.element("p", ["dir": "auto"], text: text) }
    guard !report.tags.isEmpty else { return }
    page.element("ul", ["class": "tags", "aria-label": words.tag]) {
      for tag in report.tags { page.element("li", ["dir": "auto"], text: tag) }
    }
  }

  private func writeState(into page: XMLWriter) {
    page.element("td", ["data-label": words.state, "class": "state \(state.style)"]) {
      page.element("b", text: state.state)
      for note in state.notes { page.element("span", ["class": "more"], text: note) }
    }
  }

  private func writeFiles(into page: XMLWriter) {
    guard let newest = files.newest else { return page.element("i", text: "—") }
    IntervalFiles(report: report, folder: files[newest], prefix: "\(report.name)/", words: words)
      .write(into: page)
    if files.isOwed { page.element("span", ["class": "wait"], text: words.filesOwed) }
  }

  private func cell(_ label: String, _ style: String, _ text: String?, into page: XMLWriter) {
    page.element("td", ["data-label": label, "class": style]) {
      if let text { page.text(text) } else { page.element("i", text: "—") }
    }
  }
}

/// How old the rows are, which the script keeps up to date.
struct FreshnessText {
  let standing: ReportStanding?
  let words: CatalogueWords

  func write(into page: XMLWriter) {
    guard let standing, let age = standing.age ?? (standing.isLate ? "" : nil) else {
      return page.element("i", text: "—")
    }
    let text = standing.isLate ? (age.isEmpty ? words.late : "\(age), \(words.late)") : age
    let style = standing.isLate ? "bad" : standing.lateAfterSeconds == nil ? "age" : "good"
    page.start("span", ["class": style])
    if let asOf = standing.asOfSeconds { page.attribute("data-as-of", "\(asOf)") }
    if let after = standing.lateAfterSeconds { page.attribute("data-late-after", "\(after)") }
    page.text(text)
    page.end()
  }
}

/// Links to the files of an interval.
struct IntervalFiles {
  let report: Report
  /// nil: it has none.
  let folder: KeptFiles.Folder?
  /// From the page to the report's folder.
  let prefix: String
  let words: CatalogueWords

  func write(into page: XMLWriter) {
    guard let folder else { return }
    for file in folder.files {
      let kind = words.kinds.first { file.hasSuffix($0.key) }?.value ?? file
      page.element(
        "a",
        [
          "href": PageText.reference("\(prefix)\(folder.name)/\(file)"),
          "aria-label": "\(kind): \(report.name) \(folder.name)",
        ], text: kind)
    }
  }
}
