import Foundation
import ProcessRunner
import ReportExport
import ReportModel
import TestSupport
import Testing

/// Pages as readers have them: every page, scheme and width in one start of the browser.
@Suite(.serialized) struct PageQualityTests {
  /// One page in a frame of its own.
  private struct Frame: Encodable {
    var name: String
    var html: String
    var width: Int
    /// JavaScript whose value is asked for; `document` and `window` are the page's.
    var question: String
  }

  private struct Answer: Decodable {
    var name: String
    /// What axe found: rules and elements.
    var findings: [String]
    /// How many rules it applied.
    var rules: Int
    /// By how many pixels the page is wider than its frame.
    var excess: Int
    var answer: String
  }

  @Test("no page breaks a rule of WCAG 2.2 AA or is wider than a phone, in light and dark")
  func accessibility() async throws {
    let browser = try Browser.find()
    let axe = try await Self.axe()
    var frames: [Frame] = []
    for (name, html) in try await Self.pages() {
      for isDark in [false, true] {
        for width in [1100, 390] {
          frames.append(
            Frame(
              name: "\(name), \(isDark ? "dark" : "light"), \(width) px",
              html: isDark ? Self.dark(html) : html,
              width: width, question: "getComputedStyle(document.body).backgroundColor"))
        }
      }
    }
    let answers = try await ask(frames, browser, axe)
    #expect(answers.map(\.name) == frames.map(\.name))
    for answer in answers {
      #expect(answer.findings == [], "\(answer.name)")
      #expect(answer.rules > 15, "\(answer.name)")
      #expect(answer.excess <= 0, "\(answer.name)")
      let isDark = answer.name.contains("dark")
      #expect(answer.answer == (isDark ? "rgb(18, 20, 23)" : "rgb(247, 247, 245)"), "\(answer.name)")
    }
  }

  @Test("what axe looks for is found in a page that has it")
  func accessibilityControl() async throws {
    let browser = try Browser.find()
    let axe = try await Self.axe()
    let bad =
      "<!DOCTYPE html><html><body><p style='color:#aaa;background:#fff'>Faint</p><img src='data:,'></body></html>"
    let answers = try await ask([Frame(name: "bad", html: bad, width: 390, question: "''")], browser, axe)
    let found = Set(
      answers.first?.findings.compactMap { $0.split(separator: " ").first.map(String.init) } ?? [])
    #expect(
      found.isSuperset(of: ["color-contrast", "html-has-lang", "document-title", "image-alt"]), "\(found)")
  }

  @Test("Hebrew has its punctuation at its left, and what reverses text reverses nothing behind it")
  func directions() async throws {
    let browser = try Browser.find()
    let columns = ["x", "y"].map { PageColumn(name: $0, isNumeric: false) }
    let content = PageContent(
      title: "שלום עולם!", reportName: "rtl", intervalName: "2026-11-22",
      asOf: .init(time: "2026-11-23 04:30:12 MSK", position: "0/0", timeline: 1, replica: nil),
      columns: columns, totalRows: 1, run: "r", fingerprint: "f", generator: "g", language: Language("ru"))
    let html = try await Self.written(content, "שלום!\tabc\u{202E}def\n")
    let question = """
      (function () {
        function order(element) {
          var text = element.firstChild, range = document.createRange();
          var places = Array.from(text.data).map(function (letter, index) {
            range.setStart(text, index); range.setEnd(text, index + 1);
            return [range.getBoundingClientRect().left, letter];
          });
          return places.sort(function (a, b) { return a[0] - b[0]; }).map(function (p) { return p[1]; }).join("");
        }
        return [order(document.querySelector("h1")), order(document.querySelectorAll("td")[0]),
          order(document.querySelectorAll("td")[1])].join("|");
      })()
      """
    let answers = try await ask(
      [Frame(name: "rtl", html: html, width: 1100, question: question)], browser, nil)
    #expect(answers.first?.answer == "!םלוע םולש|!םולש|abc\u{FFFD}def")
  }

  @Test("a Russian page sorts numbers and dates by their values, and keeps the first column in view")
  func russianSorting() async throws {
    let browser = try Browser.find()
    let columns =
      [
        PageColumn(name: "day", format: .date, isNumeric: false),
        PageColumn(name: "currency", isNumeric: false),
        PageColumn(name: "amount", format: .money, isNumeric: true),
      ] + (0..<30).map { PageColumn(name: "column_\($0)", isNumeric: false) }
    let content = PageContent(
      title: "Продажи", reportName: "sorting", intervalName: "2026-11-22",
      asOf: .init(time: "2026-11-23 04:30:12 MSK", position: "0/0", timeline: 1, replica: nil),
      columns: columns, totalRows: 4, run: "r", fingerprint: "f", generator: "g", language: Language("ru"))
    let rest = String(repeating: "\tlong enough", count: 30) + "\n"
    let rows = [
      "2026-02-10\tRUB\t1234.5", "2025-12-31\tUSD\t-20", "2026-01-05\tEUR\t999.99", "\\N\t\\N\tNaN",
    ].map { $0 + rest }.joined()
    let question = """
      (function () {
        function column(index) {
          return Array.from(document.querySelectorAll("table.rows tbody tr")).map(function (row) {
            return row.cells[index].textContent;
          }).join(";");
        }
        var heads = document.querySelectorAll("th button"), answers = [];
        heads[0].click(); answers.push(column(0));
        heads[2].click(); answers.push(column(2));
        var region = document.querySelector(".card.scroll");
        region.scrollLeft = 500;
        var left = region.querySelector("td").getBoundingClientRect().left - region.getBoundingClientRect().left;
        answers.push(region.scrollLeft > 100 ? Math.round(left) : "does not scroll");
        answers.push(document.querySelector(".filter").placeholder);
        return answers.join("|");
      })()
      """
    let html = try await Self.written(content, rows)
    let answers = try await ask(
      [Frame(name: "sorting", html: html, width: 1100, question: question)], browser, nil)
    let thin = "\u{202F}"
    #expect(
      answers.first?.answer
        == "31.12.2025 ср;05.01.2026 пн;10.02.2026 вт;—|-20,00\(thin)$;999,99\(thin)€;1\(thin)234,50\(thin)₽;NaN|1|Фильтр"
    )
  }

  @Test("pages are valid: no parse error of HTML, no element or attribute where it must not be")
  func validity() async throws {
    for program in ["/usr/bin/tidy", "/usr/lib/python3/dist-packages/html5lib"]
    where !FileManager.default.fileExists(atPath: program) {
      guard ProcessInfo.processInfo.environment["CI"] == nil else {
        throw Diagnostic("could not find \(program)", hint: "\"make browser\" installs it.")
      }
      try Test.cancel("no \(program) here: \"make browser\" installs it")
    }
    try await temporaryDirectory { folder in
      for (index, (name, html)) in try await Self.pages().enumerated() {
        #expect(try await Self.mistakes(html, "\(folder)/\(index).html") == [], "\(name)")
      }
      let bad = "<!DOCTYPE html><title>t</title><p>a<div>b</p></div><table><p>c</p></table>"
      #expect(try await Self.mistakes(bad, "\(folder)/bad.html").count > 2)
    }
  }

  /// What two validators find.
  private static func mistakes(_ html: String, _ file: String) async throws -> [String] {
    try html.write(toFile: file, atomically: true, encoding: .utf8)
    let parsed = try await Command("/usr/bin/python3", ["-c", parse, file]).run()
    // SVG's attributes are proprietary to tidy.
    let options = ["-quiet", "-errors", "--show-info", "no", "--mute", "PROPRIETARY_ATTRIBUTE"]
    let checked = try await Command("/usr/bin/tidy", options + [file]).run()
    let lines = (parsed.output + parsed.error + checked.error).split(separator: "\n").map(String.init)
    return lines.filter { line in !unknownToTidy.contains { line.hasSuffix($0) } }
  }

  private static let parse = """
    import sys, html5lib
    parser = html5lib.HTMLParser()
    parser.parse(open(sys.argv[1], encoding="utf-8").read())
    for error in parser.errors: print(error)
    """

  /// HTML allows a `div` around each group of a `dl`; this program is older.
  private static let unknownToTidy = [
    "missing <dd>", "missing </div> before <dt>", "inserting implicit <dl>", "missing </dl> before </div>",
  ]

  // MARK: Pages

  /// Names and contents: the recorded pages, and one with everything in English and in Russian.
  private static func pages() async throws -> [(name: String, html: String)] {
    var pages = try ["sales-daily", "sales-by-category", "empty", "index"].map { name in
      let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden/export/\(name).html")
      return (name, try String(contentsOf: file, encoding: .utf8))
    }
    for code in ["en", "ru"] {
      pages.append(("everything, \(code)", try await written(everything(Language(code)), everythingRows)))
    }
    return pages
  }

  private static let interval = Interval(
    start: CalendarDate("2026-11-22")!, end: CalendarDate("2026-11-23")!)!

  private static func everything(_ language: Language) -> PageContent {
    var columns = [
      PageColumn(name: "day", title: "Day", format: .date, isNumeric: false),
      PageColumn(name: "currency", title: "Currency", description: "Of the price.", isNumeric: false),
      PageColumn(name: "amount", title: "Revenue", format: .money, isNumeric: true),
      PageColumn(name: "paid", title: "Paid", isNumeric: false, isBoolean: true),
    ]
    columns[2].barScale = 2000
    columns[2].hasHistory = true
    let days = (1...22).map { "2026-11-\($0 < 10 ? "0" : "")\($0)" }
    let points = days.enumerated().flatMap { index, day in
      ["RUB", "USD"].map { ChartPoint(x: day, y: "\(index * ($0 == "RUB" ? 400 : 3) + 7)", series: $0) }
    }
    let names =
      (0..<5).map { ChartPoint(x: "Name \($0)", y: "\($0 * 3 + 1)") } + [
        ChartPoint(x: nil, y: "3", otherX: 7)
      ]
    func chart(_ type: HTMLSettings.Chart.Mark, _ x: String, _ points: [ChartPoint]) -> ChartContent {
      ChartContent(
        spec: .init(type: type, x: x, y: "amount", series: x == "day" ? "currency" : nil), points: points,
        interval: x == "day" ? interval : nil, period: x == "day" ? .day : .none)
    }
    let sums = [TotalsGroup.Measure(name: "amount", value: "1893", base: "12", history: ["12", "1893"])]
    let groups = (0..<7).map {
      TotalsGroup(label: [NamedValue("currency", $0 == 0 ? "RUB" : "C\($0)")], sums: sums)
    }
    return PageContent(
      title: "Sales", description: "Everything.", owner: "sales", reportName: "sales",
      intervalName: "2026-11-22", interval: interval,
      asOf: .init(
        time: "2026-11-23 04:30:12 MSK", position: "0/50", timeline: 1, replica: "pg1", unproven: ["rates"]),
      parameters: [NamedValue("region", "RU")], columns: columns, totalRows: 3,
      charts: [
        chart(.line, "day", points), chart(.area, "day", points), chart(.stacked, "day", points),
        chart(.bar, "day", points), chart(.pie, "currency", names), chart(.list, "currency", names),
      ],
      totals: PageTotals(
        groups: groups, count: 7,
        comparison: Interval(start: CalendarDate("2026-11-21")!, end: interval.start),
        intervals: [Interval(start: CalendarDate("2026-11-21")!, end: interval.start)!, interval]),
      downloads: [PageDownload(name: "sales.csv", mediaType: "text/csv", contents: Array("a\n".utf8))],
      run: "r", fingerprint: "f", generator: "reportgen", language: language)
  }

  private static let everythingRows = """
    2026-11-22\tRUB\t-1893.5\tt\t0:12 28:1000.5 29:-1893.5
    2026-11-22\tUSD\t12\tf\t0:12
    2026-11-22\t\\N\t\\N\t\\N\t\\N

    """

  private static func written(_ content: PageContent, _ rows: String) async throws -> String {
    let collector = Collector()
    _ = try await writePage(content, rows: OneChunk(rows), limit: 1000, into: collector)
    return String(decoding: collector.bytes, as: UTF8.self)
  }

  /// The page as a reader with dark colours has it; Chromium cannot be told from the command line.
  private static func dark(_ html: String) -> String {
    html.replacing("@media screen and (prefers-color-scheme:dark)", with: "@media screen")
      .replacing(":root{color-scheme:light dark;", with: ":root{color-scheme:dark;")
  }

  // MARK: Browser

  /// The source of axe-core, which `scripts/axe` fetches once; cancels the test without it, and fails it when CI is set.
  private static func axe() async throws -> String {
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "scripts/axe").path
    let result = try await Command(script, []).run()
    if result.status == 0 {
      let path = result.output.trimmingCharacters(in: .whitespacesAndNewlines)
      return try String(contentsOfFile: path, encoding: .utf8)
    }
    guard ProcessInfo.processInfo.environment["CI"] == nil else {
      throw Diagnostic("could not fetch axe-core", detail: result.error)
    }
    try Test.cancel("axe-core could not be fetched: \(result.error)")
  }

  /// Opens each page in a frame and asks it. Policies are taken out, so that axe can run in the pages.
  private func ask(_ frames: [Frame], _ browser: Browser, _ axe: String?) async throws -> [Answer] {
    try await temporaryDirectory { folder in
      var open = frames
      for index in open.indices {
        open[index].html.replace(/<meta http-equiv[^>]*>/, with: "")
      }
      let json = String(decoding: try JSONEncoder().encode(open), as: UTF8.self)
        .replacing("</", with: "<\\/")
      let source = axe.map { String(decoding: try! JSONEncoder().encode($0), as: UTF8.self) } ?? "null"
      let page = """
        <!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>t</title><body><script>
        var frames = \(json), axeSource = \(source.replacing("</", with: "<\\/")), answers = [];
        async function ask(frame) {
          var element = document.createElement("iframe");
          element.width = frame.width; element.height = 900; element.srcdoc = frame.html;
          document.body.appendChild(element);
          await new Promise(function (done) { element.onload = done; });
          var page = element.contentWindow, findings = [], rules = 0;
          if (axeSource) {
            page.eval(axeSource);
            var result = await page.axe.run(page.document, {runOnly: {type: "tag",
              values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}});
            rules = result.passes.length;
            result.violations.forEach(function (rule) {
              rule.nodes.forEach(function (node) { findings.push(rule.id + " " + node.html.slice(0, 200)); });
            });
          }
          var root = page.document.documentElement;
          answers.push({name: frame.name, findings: findings, rules: rules,
            excess: root.scrollWidth - root.clientWidth, answer: String(page.eval(frame.question))});
          element.remove();
        }
        (async function () {
          try { for (var frame of frames) await ask(frame); } catch (error) { answers = String(error.stack); }
          document.body.textContent = "";
          var output = document.createElement("pre");
          output.id = "answers";
          output.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(answers))));
          document.body.appendChild(output);
        })();
        </script></body></html>
        """
      let file = "\(folder)/ask.html"
      try page.write(toFile: file, atomically: true, encoding: .utf8)
      let document = try await browser.open(file, width: 1300, waits: true, folder: folder).document
      let text = try #require(
        document.firstMatch(of: /<pre id="answers">([^<]*)<\/pre>/), "\(document.suffix(500))"
      )
      .output.1
      let data = try #require(Data(base64Encoded: String(text)))
      guard let answers = try? JSONDecoder().decode([Answer].self, from: data) else {
        throw Diagnostic("the pages could not be asked", detail: String(decoding: data, as: UTF8.self))
      }
      return answers
    }
  }
}
