import ReportModel

/// `index.html` of a report's folder: what the report is, how it stands, and each of its intervals.
struct CatalogueReportPage {
  let entry: CatalogueReport
  let files: KeptFiles
  let catalogue: Catalogue
  /// Titles of the catalogue's dashboards by name.
  let dashboardTitles: [String: String]

  var words: CatalogueWords { catalogue.words }
  var report: Report { entry.report }

  func write(into page: XMLWriter) {
    PageHead.write(
      title: report.title, generator: catalogue.generator, language: catalogue.language,
      extraStyle: CatalogueStyle.sheet, script: CatalogueScript.hash, into: page)
    CatalogueBody.write(words, into: page) {
      writeHeader(into: page)
      page.element("main") {
        writeStanding(into: page)
        writeIntervals(into: page)
        CatalogueDefinition(entry: entry, words: words).write(into: page)
        writeLineage(into: page)
        writeSQL(into: page)
      }
      page.element("footer") {
        page.element("span", text: catalogue.readAt == nil ? words.statesUnknown : catalogue.generator)
      }
    }
  }

  private func writeHeader(into page: XMLWriter) {
    page.element("nav", ["class": "crumb", "aria-label": words.allReports]) {
      page.element("a", ["href": "../\(CatalogueAddress.fileName)"], text: words.allReports)
    }
    page.element("header") {
      page.element("p", ["class": "eyebrow"]) {
        page.element("code", text: report.name)
        if let owner = report.owner {
          page.element("a", ["href": CatalogueAddress.filtered("owner", owner), "dir": "auto"], text: owner)
        }
      }
      page.element("h1", ["dir": "auto"], text: report.title)
      if let text = report.description { page.element("p", ["class": "lead", "dir": "auto"], text: text) }
      if !report.tags.isEmpty {
        page.element("ul", ["class": "tags", "aria-label": words.tag]) {
          for tag in report.tags {
            page.element("li") {
              page.element("a", ["href": CatalogueAddress.filtered("tag", tag), "dir": "auto"], text: tag)
            }
          }
        }
      }
    }
    page.newline()
  }

  // MARK: State

  private func writeStanding(into page: XMLWriter) {
    let state = StateWords(standing: entry.standing, words: words)
    page.element("section", ["aria-label": words.state]) {
      page.element("dl", ["class": "card standing"]) {
        pair(words.state, into: page) {
          page.element("span", ["class": "state \(state.style)"]) {
            page.element("b", text: state.state)
            for note in state.notes { page.element("span", ["class": "more"], text: note) }
          }
        }
        guard let standing = entry.standing else { return }
        pair(words.newest, standing.newest.map(words.interval), into: page)
        if standing.age != nil || standing.isLate {
          pair(words.freshness, into: page) {
            FreshnessText(standing: standing, words: words).write(into: page)
          }
        }
        pair(words.asOf, standing.asOf.map(words.moment), into: page)
        pair(words.rows, standing.rows.map(NumberText.text), into: page)
        pair(words.lateAfter, standing.lateAfter.map(words.moment), into: page)
        pair(words.missing, missing(standing), into: page)
        pair(words.missed, number(standing.missed), into: page)
        pair(words.outdated, number(standing.outdated), into: page)
        pair(words.expired, number(standing.expired), into: page)
        pair(
          words.lastRun,
          [standing.lastState.map(words.state), standing.lastRun.map(words.moment)].compactMap(\.self).joined(
            separator: " "),
          empty: words.never, into: page)
        if !standing.failedIntervals.isEmpty {
          pair(words.failed, standing.failedIntervals.map(words.interval).joined(separator: ", "), into: page)
        }
        if let error = standing.lastError { broad(words.error, error, into: page) }
        if let unproven = standing.unproven {
          broad(words.unproven, unproven.joined(separator: ", "), into: page)
        }
      }
    }
    page.newline()
  }

  private func missing(_ standing: ReportStanding) -> String? {
    guard standing.missing > 0 else { return nil }
    return standing.nextMissing.map {
      words.fill(words.missingFrom, "\(standing.missing)") + " " + words.interval($0)
    }
      ?? "\(standing.missing)"
  }

  private func number(_ number: Int) -> String? { number > 0 ? NumberText.text(number) : nil }

  private func pair(_ label: String, _ value: String?, empty: String? = nil, into page: XMLWriter) {
    guard let value = value.flatMap({ $0.isEmpty ? empty : $0 }) else { return }
    pair(label, into: page) { page.text(value) }
  }

  private func pair(_ label: String, into page: XMLWriter, _ body: () -> Void) {
    page.element("div") {
      page.element("dt", text: label)
      page.element("dd") { body() }
    }
  }

  private func broad(_ label: String, _ value: String, into page: XMLWriter) {
    page.element("div", ["class": "broad"]) {
      page.element("dt", text: label)
      page.element("dd", ["dir": "auto"], text: value)
    }
  }

  // MARK: Intervals

  /// An interval that is published or has files.
  private struct Row {
    var name: String
    var published: CatalogueReport.Published?
    var folder: KeptFiles.Folder?
  }

  private var rows: [Row] {
    let published = Dictionary(entry.published.map { ($0.name, $0) }) { first, _ in first }
    let folders = Dictionary(files.folders.map { ($0.name, $0) }) { first, _ in first }
    return Set(published.keys).union(folders.keys).sorted(by: >).map {
      Row(name: $0, published: published[$0], folder: folders[$0])
    }
  }

  private func writeIntervals(into page: XMLWriter) {
    let rows = rows
    page.element("section") {
      page.element("h2", ["id": "intervals"], text: words.intervals)
      guard !rows.isEmpty else { return page.element("p", ["class": "note"], text: words.noIntervals) }
      page.element(
        "div", ["class": "card scroll", "role": "region", "aria-labelledby": "intervals", "tabindex": "0"]
      ) {
        page.element("table", ["class": "stack"]) {
          head(
            [words.interval, words.state, words.rows, words.asOf, words.files, words.neighbours], into: page)
          page.element("tbody") {
            for (index, row) in rows.enumerated() {
              page.newline()
              write(
                row, older: index + 1 < rows.count ? rows[index + 1].name : nil,
                newer: index > 0 ? rows[index - 1].name : nil, into: page)
            }
            for span in entry.older { write(span, into: page) }
          }
        }
      }
    }
    page.newline()
  }

  private func write(_ row: Row, older: String?, newer: String?, into page: XMLWriter) {
    page.element("tr", ["id": "interval-\(row.name)"]) {
      page.element("th", ["scope": "row", "class": "fixed"], text: words.interval(row.name))
      cell(words.state, (row.published?.state).map(words.state), into: page)
      cell(words.rows, row.published.map { NumberText.text($0.rows) }, "right", into: page)
      cell(words.asOf, (row.published?.asOf).map(words.moment), into: page)
      page.element("td", ["class": "files"]) {
        IntervalFiles(report: report, folder: row.folder, prefix: "", words: words).write(into: page)
      }
      page.element("td", ["class": "step fixed"]) {
        step(older, words.older, into: page)
        step(newer, words.newer, into: page)
      }
    }
  }

  private func step(_ name: String?, _ word: String, into page: XMLWriter) {
    guard let name else { return }
    page.element(
      "a", ["href": "#interval-\(name)", "aria-label": "\(word): \(words.interval(name))"], text: word)
    page.raw(" ")
  }

  private func write(_ span: CatalogueReport.Older, into page: XMLWriter) {
    page.newline()
    page.element("tr") {
      page.element(
        "td", ["colspan": "6"],
        text: words.fill(
          words.olderIntervals, words.interval(span.first), words.interval(span.last),
          NumberText.text(span.count)))
    }
  }

  private func head(_ titles: [String], into page: XMLWriter) {
    page.element("thead") {
      page.element("tr") {
        for title in titles {
          page.start("th", ["scope": "col"])
          if title == words.rows { page.attribute("class", "right") }
          if title == words.neighbours { page.attribute("class", "step") }
          page.text(title)
          page.end()
        }
      }
    }
  }

  private func cell(_ label: String, _ text: String?, _ style: String = "fixed", into page: XMLWriter) {
    page.start("td", ["class": style])
    if let text {
      page.attribute("data-label", label)
      page.text(text)
    }
    page.end()
  }

  // MARK: Lineage and SQL

  private func writeLineage(into page: XMLWriter) {
    page.element("section") {
      page.element("h2", ["id": "lineage"], text: words.lineage)
      page.element(
        "div", ["class": "card drawing", "role": "region", "aria-labelledby": "lineage", "tabindex": "0"]
      ) { LineageDrawing(lineage: entry.lineage, own: report.name, words: words).write(into: page) }
      if entry.lineage.hiddenCount > 0 {
        page.element(
          "p", ["class": "note"], text: words.fill(words.hiddenNodes, "\(entry.lineage.hiddenCount)"))
      }
      page.element("dl", ["class": "plain"]) {
        links(words.reads, neighbours { $0.to == $1 ? $0.from : nil }, into: page)
        links(
          words.readBy, neighbours { $0.from == $1 ? $0.to : nil }.filter { $0.kind == .report }, into: page)
        links(
          words.shownBy, neighbours { $0.from == $1 ? $0.to : nil }.filter { $0.kind == .dashboard },
          into: page)
      }
    }
    page.newline()
  }

  /// Of the report itself, through one edge of the graph.
  private func neighbours(_ other: (Lineage.Edge, Int) -> Int?) -> [Lineage.Node] {
    let nodes = entry.lineage.nodes
    guard let own = nodes.firstIndex(where: { $0.kind == .report && $0.name == report.name }) else {
      return []
    }
    return entry.lineage.edges.compactMap { other($0, own) }.map { nodes[$0] }
  }

  private func links(_ label: String, _ nodes: [Lineage.Node], into page: XMLWriter) {
    guard !nodes.isEmpty else { return }
    page.element("div") {
      page.element("dt", text: label)
      page.element("dd") {
        for node in nodes {
          let text = node.kind == .dashboard ? dashboardTitles[node.name] ?? node.name : node.name
          page.element(
            "a", ["href": CatalogueAddress.fromReportPage(node.kind, node.name), "dir": "auto"], text: text)
        }
      }
    }
  }

  private func writeSQL(into page: XMLWriter) {
    page.element("section") {
      page.element("h2", ["id": "sql"], text: words.sql)
      page.element("p", ["class": "note"]) { page.element("code", text: report.sqlFile) }
      page.element("pre", ["class": "card", "role": "region", "aria-labelledby": "sql", "tabindex": "0"]) {
        page.element("code", text: SecretMask.masked(report.query.text))
      }
    }
    page.newline()
  }
}
