import Foundation
import ReportModel

/// `index.html` of the output folder: every report with its newest interval and files.
package struct IndexPage: Hashable, Sendable {
  /// The state of a report's newest interval.
  package enum State: String, Hashable, Sendable, CaseIterable {
    case confirmed, published, owed, failed
    /// Nothing was published yet.
    case missing
  }

  /// One report.
  package struct Entry: Hashable, Sendable {
    /// `sales-daily`; also the name of its folder.
    package var reportName: String
    /// Links to the page, when there is one.
    package var title: String
    /// From the report's definition.
    package var description: String?
    /// From the report's definition.
    package var owner: String?
    /// From the report's definition.
    package var tags: [String]
    /// The newest interval that has rows; nil when there is none.
    package var intervalName: String?
    /// Shown as a symbol and a word.
    package var state: State
    /// The number of published rows; nil when there are none.
    package var rows: Int?
    /// `2026-11-23 04:30:12 MSK`.
    package var asOf: String?
    /// Names of files in the interval's folder, in the order to show. The manifest is added.
    package var files: [String]

    package init(
      reportName: String, title: String, description: String? = nil, owner: String? = nil,
      tags: [String] = [], intervalName: String?, state: State, rows: Int?, asOf: String?, files: [String]
    ) {
      self.reportName = reportName
      self.title = title
      self.description = description
      self.owner = owner
      self.tags = tags
      self.intervalName = intervalName
      self.state = state
      self.rows = rows
      self.asOf = asOf
      self.files = files
    }
  }

  /// The name of the page in the output folder.
  package static let fileName = "index.html"

  /// In the order to show.
  package var entries: [Entry]
  /// `reportgen 0.1.0`.
  package var generator: String
  /// Of words, numbers and dates; titles and descriptions are in it already.
  package var language: Language

  package init(entries: [Entry], generator: String, language: Language = .english) {
    self.entries = entries
    self.generator = generator
    self.language = language
  }

  /// Writes a temporary file and renames it to `index.html`.
  ///
  /// - Parameters:
  ///   - output: the path of the output folder, which is created when it is missing.
  ///   - shownAs: its path for messages.
  ///   - writer: part of the name of the temporary file.
  /// - Throws: `Diagnostic`; the page is unchanged then.
  package func write(output: String, shownAs: String? = nil, writer: UUID) throws {
    guard let folder = try Directory.open(path: output, shown: shownAs ?? output, create: true) else {
      throw Diagnostic(.error, "could not open \"\(shownAs ?? output)\": it was removed by another process")
    }
    try folder.removeLeftovers(of: Self.fileName)
    let temporary = FileNames.partial(Self.fileName, writer: writer)
    let file = try FileWriter(directory: folder, name: Self.fileName, temporaryName: temporary)
    try write(into: file)
    _ = try file.finish()
    // Not synced: a crash can restore the old page, and the next run writes a new one.
    try folder.rename(temporary, to: Self.fileName)
  }

  /// Writes the page.
  ///
  /// - Throws: what the sink throws.
  package func write(into sink: any ByteSink) throws {
    let page = XMLWriter(into: sink)
    PageHead.write(title: language[.reports], generator: generator, language: language, into: page)
    page.element("body") {
      page.element("div", ["class": "page"]) {
        page.element("header") {
          page.element("h1", text: language[.reports])
          page.element("p", ["class": "lead"], text: language.count(.reportCount, entries.count))
        }
        page.newline()
        page.element("main") { writeTable(into: page) }
        page.element("footer") { page.element("span", text: generator) }
      }
    }
    page.newline()
    try page.finish()
  }

  private func writeTable(into page: XMLWriter) {
    page.element(
      "section",
      ["class": "card scroll all", "role": "region", "aria-label": language[.reports], "tabindex": "0"]
    ) {
      page.element("table", ["class": "index"]) {
        page.element("caption", ["class": "hidden"], text: language[.everyReport])
        page.element("thead") {
          page.element("tr") {
            for title: Word in [.report, .newest, .state, .rows, .asOfTime, .files] {
              page.element(
                "th", title == .rows ? ["scope": "col", "class": "right"] : ["scope": "col"],
                text: language[title])
            }
          }
        }
        page.element("tbody") {
          for entry in entries {
            page.newline()
            page.element("tr") { IndexRow(entry: entry, language: language).write(into: page) }
          }
        }
      }
    }
    page.newline()
  }
}
