import Foundation
import FoundationXML
import ReportModel
import TestSupport
import Testing

@testable import ReportExport

@Suite struct ReportPageTests {
  @Test("the page of daily sales is as recorded")
  func daily() async throws {
    let html = try await page(Samples.daily.0, Samples.daily.1)
    try expectGolden(html, "export/sales-daily.html")
    try expectSelfContained(html)
  }

  @Test("a Russian page with more rows than its limit is as recorded")
  func byCategory() async throws {
    let html = try await page(Samples.byCategory.0, Samples.byCategory.1, limit: 24)
    try expectGolden(html, "export/sales-by-category.html")
    try expectSelfContained(html)
    #expect(html.contains("First 24 of 24\u{202F}310 rows; the CSV has all · "))
    #expect(html.contains("href=\"%D0%BF%D1%80%D0%BE%D0%B4%D0%B0%D0%B6%D0%B8%20%D0%BF%D0%BE"))
  }

  @Test("a page without rows shows 0 rows")
  func empty() async throws {
    let chart = ChartContent(spec: .init(type: .line, x: "d", y: "n"), points: [])
    let html = try await page(
      Samples.plain(columns: [PageColumn(name: "n", isNumeric: true)], totalRows: 0, charts: [chart]), "")
    try expectGolden(html, "export/empty.html")
    try expectSelfContained(html)
    #expect(html.contains(">0 rows<"))
    #expect(html.contains(">No data<"))
  }

  @Test("numbers keep sign, digits and decimals, and NULL shows as a dash")
  func cells() async throws {
    let formats: [Column.Format?] = [.integer, .money, .percent, .number, nil]
    let columns = formats.enumerated().map { PageColumn(name: "c\($0.0)", format: $0.1, isNumeric: true) }
    let html = try await page(
      Samples.plain(columns: columns, totalRows: 2),
      "-1234567\t0.10\t-0.50\tNaN\t1234\n12345678901234567890123\t\\N\t\\N\tInfinity\t007\n")
    let thin = "\u{202F}"
    #expect(
      html.contains(
        "<tr><td class=\"neg\">-1\(thin)234\(thin)567</td><td>0.10</td><td class=\"neg\">-0.50\(thin)%</td><td>NaN</td><td>1234</td></tr>"
      ))
    #expect(
      html.contains(
        "<tr><td>12\(thin)345\(thin)678\(thin)901\(thin)234\(thin)567\(thin)890\(thin)123</td><td><i>—</i></td><td><i>—</i></td><td>Infinity</td><td>007</td></tr>"
      ))
  }

  @Test("markup in data is escaped everywhere")
  func injection() async throws {
    let evil =
      "</script></title></style><img src=x onerror=\"alert(1)\">' \" onload=\"x\" ]]> --> &lt; <![CDATA[ {{"
    let column = PageColumn(name: evil, title: evil, description: evil, isNumeric: false)
    let points = ["2026-11-21", "2026-11-22"].map { ChartPoint(x: $0, y: "1", series: evil) }
    let names = [ChartPoint(x: evil, y: "1", series: evil)]
    let content = PageContent(
      title: evil, description: evil, owner: evil, reportName: evil, intervalName: evil,
      asOf: .init(time: evil, position: evil, timeline: 1, replica: evil),
      parameters: [NamedValue(evil, evil)],
      columns: [column], totalRows: 1,
      charts: [
        ChartContent(spec: .init(type: .line, x: evil, y: evil, series: evil, title: evil), points: points),
        ChartContent(spec: .init(type: .bar, x: evil, y: evil, series: evil), points: names),
        ChartContent(spec: .init(type: .line, x: evil, y: evil, series: evil), points: names),
      ],
      totals: PageTotals(groups: [
        TotalsGroup(
          label: [NamedValue(evil, evil)], sums: [.init(name: evil, value: evil, base: evil, history: [evil])]
        )
      ]),
      downloads: [PageDownload(name: evil, mediaType: "text/csv")], run: evil,
      fingerprint: evil, generator: evil)
    let html = try await page(content, evil + "\n")
    #expect(html.components(separatedBy: "<script").count == 2)
    let found = try Outline(html)
    #expect(found.elements.isSubset(of: Outline.allowed), "\(found.elements.subtracting(Outline.allowed))")
    #expect(
      found.attributes.isSubset(of: Outline.allowedAttributes),
      "\(found.attributes.subtracting(Outline.allowedAttributes))")
    #expect(found.text.components(separatedBy: evil).count > 20)
  }

  @Test("control characters are replaced; line feeds are kept")
  func controlCharacters() async throws {
    let columns = [PageColumn(name: "x", isNumeric: false)]
    var rows = ""
    for code in 1...31 where ![8, 9, 10, 11, 12, 13].contains(code) {
      rows += "a\(Character(UnicodeScalar(UInt8(code))))b\n"
    }
    rows += "a\\bb\na\\vb\na\\fb\na\\rb\na\u{7F}b\na\u{85}b\na\u{FFFE}b\n"
    let count = rows.utf8.count { $0 == 10 }
    let html = try await page(
      Samples.plain(columns: columns, totalRows: count + 2), rows + "a\\nb\na\\r\\nb\n")
    #expect(html.components(separatedBy: "<td>a\u{FFFD}b</td>").count == count + 1)
    #expect(html.components(separatedBy: "<td>a\nb</td>").count == 3)
    try expectSelfContained(html)
  }

  @Test("a long value is truncated between characters, with a note")
  func hugeCell() async throws {
    let columns = [PageColumn(name: "x", isNumeric: false)]
    let html = try await page(
      Samples.plain(columns: columns, totalRows: 1), "a" + String(repeating: "ж", count: 100_000) + "\n")
    let cut = "<td>a" + String(repeating: "ж", count: 4095)
    #expect(html.contains(cut + "<i>… the first 8\u{202F}191 of 200\u{202F}001 bytes</i></td>"))
  }

  @Test("a value that comes shortened is shown with its own size")
  func shortenedCell() async throws {
    let columns = [PageColumn(name: "x", isNumeric: false), PageColumn(name: "y", isNumeric: false)]
    var content = Samples.plain(columns: columns, totalRows: 2)
    content.hasSizes = true
    let value = String(repeating: "a", count: PageContent.maxCellBytes + 1)
    let html = try await page(content, "b\t\(value)\t1:300000002\nc\td\t\\N\n")
    #expect(
      html.contains(
        "<tr><td>b</td><td>\(value.dropLast())<i>… the first 8\u{202F}192 of 300\u{202F}000\u{202F}002 bytes</i></td></tr>"
      ))
    #expect(html.contains("<tr><td>c</td><td>d</td></tr>"))
  }

  @Test("invalid UTF-8 does not break the page")
  func brokenText() async throws {
    let sink = ByteCollector()
    let page = try XMLWriter(into: sink)
    [UInt8]([0x61, 0xFF, 0xD0, 0x62]).withUnsafeBufferPointer { bytes in
      page.element("p") { page.text(bytes) }
    }
    try page.finish()
    #expect(String(validating: sink.bytes, as: UTF8.self) == "<p>a\u{FFFD}\u{FFFD}b</p>")
  }

  @Test("fewer rows than the content's total are an error")
  func promisedRows() async throws {
    let columns = [PageColumn(name: "x", isNumeric: false)]
    let error = await #expect(throws: Diagnostic.self) {
      try await page(Samples.plain(columns: columns, totalRows: 3), "1\n2\n")
    }
    #expect(error?.message == "\"sales-daily\" has 2 rows for its page instead of 3")
  }

  @Test("the sink's error is thrown, and nothing more is written")
  func failingSink() async throws {
    final class Full: ByteSink {
      struct Failure: Error {}
      var calls = 0
      func write(_ bytes: UnsafeRawBufferPointer) throws {
        calls += 1
        throw Failure()
      }
    }
    let sink = Full()
    await #expect(throws: Full.Failure.self) {
      try await writePage(Samples.byCategory.0, rows: Rows(Samples.byCategory.1), limit: 24, into: sink)
    }
    #expect(sink.calls == 1)
  }

  private func expectSelfContained(_ html: String) throws {
    for forbidden in [
      "http:", "https:", "src=", "@import", "url(", "<script ", "<link", "<iframe", "<object", "<embed",
    ] {
      #expect(!html.contains(forbidden), "\(forbidden)")
    }
    let scripts = html.components(separatedBy: "<script>").count - 1
    let policy = PageHead.policy(script: scripts == 0 ? nil : TableScript.hash)
    #expect(scripts == 0 || (scripts == 1 && html.contains("<script>\(TableScript.text)</script>")))
    #expect(html.contains("content=\"\(policy)\""))
    let outline = try Outline(html)
    #expect(
      outline.elements.isSubset(of: Outline.allowed), "\(outline.elements.subtracting(Outline.allowed))")
    #expect(
      outline.attributes.isSubset(of: Outline.allowedAttributes),
      "\(outline.attributes.subtracting(Outline.allowedAttributes))")
    #expect(Set(outline.identifiers).count == outline.identifiers.count)
  }
}

/// The elements of a page, found by Foundation's XML parser.
private final class Outline: NSObject, XMLParserDelegate {
  struct NotWellFormed: Error { var line: Int }

  static let allowed: Set = [
    "html", "head", "meta", "title", "style", "body", "div", "header", "main", "footer", "section", "p", "h1",
    "h2",
    "h3", "span", "code", "dl", "dt", "dd", "figure", "figcaption", "svg", "desc", "line", "text", "path",
    "rect",
    "circle", "ul", "li", "details", "summary", "table", "caption", "thead", "tbody", "tr", "th", "td", "i",
    "a", "b", "strong", "script",
  ]
  static let allowedAttributes: Set = [
    "lang", "charset", "name", "content", "http-equiv", "class", "id", "style", "role", "tabindex", "scope",
    "title",
    "href", "download", "aria-label", "aria-labelledby", "aria-hidden", "data-label", "viewBox",
    "preserveAspectRatio",
    "overflow", "width", "height", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "rx", "cx", "cy", "r", "d",
    "text-anchor", "open", "colspan", "dir", "data-filter", "data-filter-rows", "data-decimal", "data-kind",
  ]

  var elements: Set<String> = []
  var attributes: Set<String> = []
  var identifiers: [String] = []
  var text = ""

  init(_ html: String) throws {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    guard parser.parse() else { throw NotWellFormed(line: parser.lineNumber) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.insert(name)
    self.attributes.formUnion(attributes.keys)
    if let identifier = attributes["id"] { identifiers.append(identifier) }
    // The parser delivers a text in parts.
    text += attributes.values.joined(separator: "\n") + "\n"
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
