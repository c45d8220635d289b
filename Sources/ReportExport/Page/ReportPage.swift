import Foundation
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
///   - rows: the published rows in COPY's text format: a field for each of `content.columns`, then one for the history of
///     each of them that has one. At most `limit` rows are read; the caller ends the source.
///   - limit: the largest number of rows on the page.
/// - Throws: what source and sink throw; `CopyTextError` for rows of another shape; `Diagnostic` when there are fewer rows
///   than `content.totalRows`.
nonisolated(nonsending) package func writePage(
  _ content: PageContent, rows: any CopySource, limit: Int, into sink: any ByteSink
) async throws -> PageCounts {
  let page = ReportPage(content: content, page: try XMLWriter(into: sink), limit: limit)
  page.writeBeginning()
  var table = PageTable(content: content, page: page.page)
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

  var language: Language { content.language }

  /// Writes everything from the doctype to the table's `<tbody>`.
  func writeBeginning() {
    let right = content.columns.indices.filter { content.columns[$0].isNumeric }
    let dates = content.columns.indices.filter { content.columns[$0].format == .date }
    PageHead.write(
      title: "\(content.title) · \(content.intervalName)", generator: content.generator,
      language: language,
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
    for _ in ["tbody", "table", "div"] { page.end() }
    page.newline()
    TotalsTable.writeHistory(content, into: page)
    page.end()
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
      page.element("h1", ["dir": "auto"], text: content.title)
      if let description = content.description {
        page.element("p", ["class": "lead", "dir": "auto"], text: description)
      }
      page.element("p", ["class": "asof"]) {
        page.text(language.text(.asOf, ["time": language.moment(content.asOf.time)]))
        if !content.asOf.unproven.isEmpty {
          let names = content.asOf.unproven.joined(separator: ", ")
          page.text(" " + language.text(.unproven, ["names": names]))
        }
      }
    }
    page.newline()
  }

  /// The first and the last day of the interval; the bounds in SQL exclude the end, a range of days for people includes it.
  private var intervalText: String {
    content.interval.flatMap { language.name(of: $0) } ?? content.intervalName
  }

  private func writeTableBeginning() {
    page.start("section")
    page.element("div", ["class": "bar-head"]) {
      page.element("h2", ["id": "rows"], text: language[.rows])
      page.element("p", ["class": "note"]) {
        page.text(rowsNote)
        if !isWhole, content.downloads.contains(where: { $0.mediaType.hasPrefix("text/csv") }) {
          page.text("; " + language[.csvHasAll])
        }
        for download in content.downloads { writeLink(download) }
      }
    }
    page.start(
      "div", ["class": "card scroll", "role": "region", "aria-labelledby": "rows", "tabindex": "0"])
    page.start(
      "table",
      [
        "class": "rows", "data-filter": language[.filter], "data-filter-rows": language[.filterRows],
        "data-decimal": language[.decimal],
      ])
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
        text: content.interval == nil
          ? language[.noRows] : language.text(.noRowsFor, ["interval": intervalText]))
    }
  }

  /// The file itself where the page has it, so that a page that was mailed alone needs no folder.
  private func writeLink(_ download: PageDownload) {
    page.text(" · ")
    let reference =
      download.contents.map { "data:\(download.mediaType);base64,\(Data($0).base64EncodedString())" }
      ?? PageText.reference(download.name)
    page.element(
      "a",
      [
        "href": reference, "download": download.name,
        "aria-label": language.text(.download, ["file": download.name]),
      ], text: download.name)
  }

  private func writeHead(_ column: PageColumn) {
    page.start("th", ["scope": "col", "dir": "auto"])
    if let description = column.description { page.attribute("title", description) }
    if column.isNumeric {
      page.attribute("data-kind", "number")
    } else if column.format == .date {
      page.attribute("data-kind", "date")
    }
    page.text(column.titleWithUnit)
    page.end()
  }

  private var isWhole: Bool { content.totalRows <= limit }

  private var rowsNote: String {
    if isWhole { return language.count(.rowCount, content.totalRows) }
    return language.count(.firstRows, content.totalRows, ["shown": language.number(limit)])
  }
}
