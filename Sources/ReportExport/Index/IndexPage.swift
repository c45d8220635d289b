import Foundation
import ReportModel

/// `index.html` of the output folder: every report, its newest interval and its files.
package struct IndexPage: Hashable, Sendable {
  package enum State: String, Hashable, Sendable, CaseIterable {
    case confirmed, published, owed, failed
    /// Nothing was ever published.
    case missing
  }

  package struct Entry: Hashable, Sendable {
    package var reportName: String
    package var title: String
    package var description: String?
    package var owner: String?
    package var tags: [String]
    /// The newest interval that has rows; nil when there is none.
    package var intervalName: String?
    package var state: State
    package var rows: Int?
    /// `2026-11-23 04:30:12 MSK`.
    package var asOf: String?
    /// Names of files in the interval's folder, in the order to show: page, CSV; the manifest is linked by itself.
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

  package static let fileName = "index.html"

  /// In the order to show.
  package var entries: [Entry]
  package var generator: String

  package init(entries: [Entry], generator: String) {
    self.entries = entries
    self.generator = generator
  }

  /// Replaces `index.html` whole.
  ///
  /// - Parameters:
  ///   - output: the output folder's path; made where it is missing.
  ///   - writer: names the temporary file.
  package func write(output: String, shownAs: String? = nil, writer: UUID) throws {
    guard let folder = try Directory.open(path: output, shown: shownAs ?? output, create: true) else {
      throw Diagnostic(.error, "could not open \"\(shownAs ?? output)\": it was removed meanwhile")
    }
    try folder.removeLeftovers(of: Self.fileName)
    let temporary = FileNames.partial(Self.fileName, writer: writer)
    let file = try FileWriter(directory: folder, name: Self.fileName, temporaryName: temporary)
    try write(into: file)
    _ = try file.finish()
    // A crash may bring the old page back, which is whole; the next run writes a new one.
    try folder.rename(temporary, to: Self.fileName)
  }

  /// - Throws: what the sink throws.
  package func write(into sink: any ByteSink) throws {
    let page = XMLWriter(into: sink)
    PageHead.write(title: "Reports", generator: generator, into: page)
    page.element("body") {
      page.element("div", ["class": "page"]) {
        page.element("header") {
          page.element("h1", text: "Reports")
          page.element(
            "p", ["class": "lead"], text: entries.count == 1 ? "1 report" : "\(entries.count) reports")
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
      "section", ["class": "card scroll all", "role": "region", "aria-label": "Reports", "tabindex": "0"]
    ) {
      page.element("table", ["class": "index"]) {
        page.element("caption", ["class": "hidden"], text: "Every report with its newest interval and files")
        page.element("thead") {
          page.element("tr") {
            for title in ["Report", "Newest", "State", "Rows", "As of", "Files"] {
              page.element(
                "th", title == "Rows" ? ["scope": "col", "class": "right"] : ["scope": "col"], text: title)
            }
          }
        }
        page.element("tbody") {
          for entry in entries {
            page.newline()
            page.element("tr") { IndexRow(entry: entry).write(into: page) }
          }
        }
      }
    }
    page.newline()
  }
}
