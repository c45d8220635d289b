import ReportModel

/// How many rows a page shows, and of how many.
package struct PageCounts: Hashable, Sendable {
  /// At most the limit of the page.
  package var rowsShown: Int
  /// All published rows.
  package var rowsTotal: Int
}

/// Writes a report's page: one self-contained HTML file without external resources, and with no script but `TableScript`.
///
/// libxml2 escapes every value. The memory needed does not depend on the number of rows.
/// - Parameters:
///   - rows: the published rows in COPY's text format, one field for each of `content.columns`. At most `limit` rows are
///     read; the caller ends the source.
///   - limit: the largest number of rows on the page.
/// - Throws: what source and sink throw; `CopyTextError` for rows of another shape; `Diagnostic` when there are fewer rows
///   than `content.totalRows`.
nonisolated(nonsending) package func writePage(
  _ content: PageContent, rows: any CopySource, limit: Int, into sink: any ByteSink
) async throws -> PageCounts {
  let page = ReportPage(content: content, page: XMLWriter(into: sink), limit: limit)
  page.writeBeginning()
  var table = PageTable(columns: content.columns, page: page.page)
  while table.rowCount < limit, let chunk = try await rows.next() {
    try table.write(chunk, limit: limit)
    try page.page.check()
  }
  guard table.rowCount == min(limit, content.totalRows) else {
    throw Diagnostic(
      .error,
      "\"\(content.reportName)\" has \(table.rowCount) rows for its page instead of \(content.totalRows)",
      hint: "The rows changed while they were read; run `reportgen export \(content.reportName)` again.")
  }
  page.writeEnd()
  try page.page.finish()
  return PageCounts(rowsShown: table.rowCount, rowsTotal: content.totalRows)
}

/// The parts of a report's page around its rows.
struct ReportPage {
  let content: PageContent
  let page: XMLWriter
  let limit: Int

  /// Writes everything from the doctype to the table's `<tbody>`.
  func writeBeginning() {
    let right = content.columns.indices.filter { content.columns[$0].isNumeric }
    let dates = content.columns.indices.filter { content.columns[$0].format == .date }
    PageHead.write(
      title: "\(content.title) · \(content.intervalName)", generator: content.generator,
      extraStyle: PageStyle.aligned(right: right) + PageStyle.unbroken(dates)
        + PrintLayout(content.columns).style(content.columns), script: TableScript.hash, into: page)
    page.start("body")
    page.newline()
    page.start("div", ["class": "page"])
    page.newline()
    writeHeader()
    page.start("main")
    page.newline()
    Answer(content: content).write(into: page)
    for (index, chart) in content.charts.enumerated() {
      ChartFigure(chart, content: content, identifier: "chart\(index + 1)").write(into: page)
    }
    writeTableBeginning()
  }

  /// Writes everything from the last row to the end of the file.
  func writeEnd() {
    for _ in ["tbody", "table", "div", "section"] { page.end() }
    page.newline()
    page.element("div", ["class": "pair"]) {
      writeFacts()
      writeColumns()
    }
    page.end()
    page.newline()
    writeFooter()
    page.element("script") { page.raw(TableScript.text) }
    for _ in ["div", "body", "html"] { page.end() }
    page.newline()
  }

  private func writeHeader() {
    page.element("header") {
      page.element("p", ["class": "eyebrow"]) {
        page.element("code", text: content.reportName)
        page.element("span", text: intervalText)
      }
      page.element("h1", text: content.title)
      if let description = content.description {
        page.element("p", ["class": "lead"], text: description)
      }
      page.element("p", ["class": "asof"]) {
        page.text("Includes everything recorded before ")
        page.element("span", text: DateText.moment(content.asOf.time))
        page.text(".")
        if !content.asOf.unproven.isEmpty {
          page.text(" Unproven: that does not hold for \(content.asOf.unproven.joined(separator: ", ")).")
        }
      }
    }
    page.newline()
  }

  /// The first and the last day of the interval; the bounds in SQL exclude the end, a range of days for people includes it.
  private var intervalText: String {
    guard let interval = content.interval, let last = interval.end.adding(days: -1) else {
      return content.intervalName
    }
    return last == interval.start
      ? DateText.long(last) : "\(DateText.long(interval.start)) – \(DateText.long(last))"
  }

  private func writeTableBeginning() {
    page.start("section")
    page.element("div", ["class": "bar-head"]) {
      page.element("h2", ["id": "rows"], text: "Rows")
      page.element("p", ["class": "note"]) {
        page.text(rowsNote)
        if let file = content.csvFile {
          page.text(isWhole ? ". " : "; the CSV has all. ")
          page.element("a", ["href": PageText.reference(file), "download": ""], text: file)
        }
      }
    }
    page.start(
      "div", ["class": "card scroll", "role": "region", "aria-labelledby": "rows", "tabindex": "0"])
    page.start("table", ["class": "rows"])
    page.element("caption", ["class": "hidden"], text: "\(content.title), \(intervalText). \(rowsNote)")
    page.element("thead") {
      page.element("tr") { for column in content.columns { writeHead(column) } }
    }
    page.newline()
    page.start("tbody")
    guard content.totalRows == 0 else { return }
    page.element("tr") {
      page.element(
        "td", ["class": "none", "colspan": "\(max(1, content.columns.count))"],
        text: content.interval == nil ? "There are no rows." : "There are no rows for \(intervalText).")
    }
  }

  private func writeHead(_ column: PageColumn) {
    page.start("th", ["scope": "col"])
    if let description = column.description { page.attribute("title", description) }
    page.text(column.title)
    page.end()
  }

  private var isWhole: Bool { content.totalRows <= limit }

  private var rowsNote: String {
    let total = NumberText.text(content.totalRows)
    if isWhole { return content.totalRows == 1 ? "1 row" : "\(total) rows" }
    return "First \(NumberText.text(limit)) of \(total) rows"
  }
}
