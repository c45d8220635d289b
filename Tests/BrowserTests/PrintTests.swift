import Foundation
import ProcessRunner
import ReportExport
import ReportModel
import TestSupport
import Testing

/// Pages on A4 paper: printed by the browser, read back by pdftotext.
@Suite(.serialized) struct PrintTests {
  struct Word {
    var text: String
    var right: Double
    var bottom: Double
  }

  @Test("every column is on paper, whole, whatever their number", arguments: [3, 8, 14, 30, 101])
  func columns(_ count: Int) async throws {
    let browser = try Browser.find()
    let titles = (0..<count).map { index in
      index < Self.ordinary.count ? Self.ordinary[index] : "Column number \(1000 + index)"
    }
    let columns = titles.enumerated().map { index, title in
      PageColumn(
        name: "c\(index)", title: title, format: index == 0 ? .date : index == 1 ? nil : .money,
        isNumeric: index > 1)
    }
    let content = PageContent(
      title: "Printed", reportName: "printed", intervalName: "2026-11-22",
      asOf: .init(time: "2026-11-23 04:30:12 MSK", position: "0/0", timeline: 1, replica: nil),
      columns: columns, totalRows: 60, run: "r", fingerprint: "f", generator: "reportgen")
    var rows = ""
    for row in 0..<60 {
      let values = (2..<max(2, count)).map { "\(row * 31 + 1000 + $0).\(10 + $0 % 90)" }
      rows += (["2026-11-22", "Москва, Тверская"] + values).joined(separator: "\t") + "\n"
    }
    try await temporaryDirectory { folder in
      let collector = Collector()
      _ = try await writePage(content, rows: OneChunk(rows), limit: 1000, into: collector)
      let page = "\(folder)/page.html"
      try Data(collector.bytes).write(to: URL(filePath: page))
      let pdf = try await browser.print(page, folder: folder)
      let text = try await run("pdftotext", ["-raw", pdf, "-"]).filter { !$0.isWhitespace }
      for title in titles {
        #expect(text.contains(title.filter { !$0.isWhitespace }), "\(title)")
      }
      // The last value of the last row, whole.
      let last = String(format: "%d.%02d", 59 * 31 + 1000 + count - 1, 10 + (count - 1) % 90)
      #expect(text.contains(last) || text.contains(last.prefix(1) + "\u{202F}" + last.dropFirst()))
      try await expectWithinPaper(pdf)
      try await expectNames(titles, pdf)
    }
  }

  /// Each sheet that has rows has the names of the columns.
  private func expectNames(_ titles: [String], _ pdf: String) async throws {
    let sheets = try await run("pdftotext", ["-raw", pdf, "-"]).split(separator: "\u{0C}").map {
      $0.filter { !$0.isWhitespace }
    }
    let last = titles.last!.filter { !$0.isWhitespace }
    let rows = sheets.map { $0.components(separatedBy: "Москва,Тверская").count - 1 }
    let names = sheets.map { $0.components(separatedBy: last).count - 1 }
    #expect(rows.count { $0 > 0 } > 1)
    if titles.count > 20 {
      // Each row is a block of names and values.
      #expect(names.reduce(0, +) >= rows.reduce(0, +))
    } else {
      for (rows, names) in zip(rows, names) {
        #expect(rows == 0 || names > 0, "no names of columns on a sheet with \(rows) rows")
      }
    }
  }

  @Test("a heading of rows is on the sheet of the first row")
  func heading() async throws {
    let browser = try Browser.find()
    let columns = [PageColumn(name: "day", title: "Day", isNumeric: false)]
    for lines in stride(from: 28, through: 40, by: 2) {
      let content = PageContent(
        title: "Printed", description: String(repeating: "line\n", count: lines), reportName: "printed",
        intervalName: "2026-11-22",
        asOf: .init(time: "2026-11-23 04:30:12 MSK", position: "0/0", timeline: 1, replica: nil),
        columns: columns, totalRows: 3, run: "r", fingerprint: "f", generator: "reportgen")
      try await temporaryDirectory { folder in
        let collector = Collector()
        _ = try await writePage(
          content, rows: OneChunk("first\nsecond\nthird\n"), limit: 1000, into: collector)
        let page = "\(folder)/page.html"
        try Data(collector.bytes).write(to: URL(filePath: page))
        let pdf = try await browser.print(page, folder: folder)
        let sheets = try await run("pdftotext", ["-raw", pdf, "-"]).components(separatedBy: "\u{0C}")
        let sheet = try #require(sheets.first { $0.contains("first") }, "\(lines) lines")
        #expect(sheet.contains("Rows") && sheet.contains("Day"), "\(lines) lines")
      }
    }
  }

  /// No word reaches over the edge of its sheet of A4.
  private func expectWithinPaper(_ pdf: String) async throws {
    let layout = try await run("pdftotext", ["-bbox", pdf, "-"])
    var width = 0.0
    for line in layout.split(separator: "\n") {
      if line.contains("<page ") {
        width = number("width", line)
        let height = number("height", line)
        #expect(abs(max(width, height) - 841.9) < 1 && abs(min(width, height) - 595.3) < 1)
      } else if line.contains("<word ") {
        #expect(number("xMax", line) <= width - 30, "\(line)")
      }
    }
    #expect(width > 0)
  }

  private func number(_ name: String, _ line: Substring) -> Double {
    let parts = line.components(separatedBy: " \(name)=\"")
    return parts.count > 1 ? Double(parts[1].prefix { $0 != "\"" }) ?? .nan : .nan
  }

  private func run(_ program: String, _ arguments: [String]) async throws -> String {
    let result = try await Command("/usr/bin/\(program)", arguments).run()
    guard result.status == 0 else { throw Diagnostic("\(program) failed", detail: result.error) }
    return result.output
  }

  private static let ordinary = [
    "Day", "Store", "Gross revenue", "Discount", "Net revenue", "Value added tax", "Cost of goods",
    "Delivery",
    "Orders", "Units", "Returns", "Refunds", "Average order", "Margin",
  ]
}

final class Collector: ByteSink {
  private(set) var bytes: [UInt8] = []

  func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }
}

actor OneChunk: CopySource {
  private(set) var rowCount = 0

  private var chunk: [UInt8]?

  init(_ text: String) { chunk = Array(text.utf8) }

  func next() -> [UInt8]? {
    rowCount = chunk?.count { $0 == 10 } ?? rowCount
    defer { chunk = nil }
    return chunk
  }
}
