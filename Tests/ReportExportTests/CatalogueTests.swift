import Foundation
import FoundationXML
import ReportModel
import TestSupport
import Testing

@testable import ReportExport

/// The pages of a catalogue.
@Suite struct CatalogueTests {
  @Test("the pages of a small catalogue are as recorded")
  func golden() async throws {
    try await temporaryDirectory { root in
      try addFiles(root, "sales-daily", "2026-11-22", [".html", ".csv"])
      try addFiles(root, "sales-daily", "2026-11-21", [".csv"])
      try addFiles(root, "sales-monthly", "2026-11-21", [".csv"])
      let result = try CatalogueSamples.write(CatalogueSamples.small, to: root)
      #expect(result == .init(written: 4, unchanged: 0, removed: 0))
      try expectGolden(try #require(contents(root, "index.html")), "export/index.html")
      try expectGolden(try #require(contents(root, "sales-daily/index.html")), "export/catalogue-report.html")
      try expectPages(root, 4)
      #expect(names(root, "") == ["index.html", "never-run", "sales-daily", "sales-monthly"])
    }
  }

  @Test("without a server every state is unknown, and files that are there are linked")
  func unknown() async throws {
    try await temporaryDirectory { root in
      try addFiles(root, "sales-daily", "2026-11-21", [".html"])
      try addFiles(root, "sales-daily", "2026-11-22", [".html"])
      // What others have put there, and files for other parameters.
      try addFiles(root, "sales-daily", "2026-11-22+region=EU", [".html"])
      try Data().write(to: URL(filePath: root + "/sales-daily/notes.txt"))
      var catalogue = CatalogueSamples.small
      catalogue.readAt = nil
      for index in catalogue.reports.indices {
        catalogue.reports[index].standing = nil
        catalogue.reports[index].published = []
        catalogue.reports[index].older = []
      }
      try CatalogueSamples.write(catalogue, to: root)
      let index = try #require(contents(root, "index.html"))
      #expect(index.contains("States are unknown"))
      #expect(index.components(separatedBy: "<b>unknown</b>").count == 4)
      #expect(index.contains("href=\"sales-daily/2026-11-22/sales-daily.html\""))
      let page = try #require(contents(root, "sales-daily/index.html"))
      #expect(page.contains("href=\"2026-11-21/sales-daily.html\""))
      #expect(page.contains("href=\"#interval-2026-11-21\""))
      #expect(!page.contains("EU") && !page.contains("notes"))
      try expectPages(root, 4)
    }
  }

  @Test("files of the newest interval that are missing, or of another run, are owed")
  func owed() async throws {
    try await temporaryDirectory { root in
      func isOwed(_ ends: [String], run: String = Samples.run) throws -> Bool {
        try? FileManager.default.removeItem(atPath: root + "/sales-daily")
        if !ends.isEmpty { try addFiles(root, "sales-daily", "2026-11-22", ends, run: run) }
        let folder = try #require(try Directory.open(path: root, shown: "out", create: false))
        return try KeptFiles(
          in: try folder.folder("sales-daily", create: false), of: CatalogueSamples.small.reports[0]
        ).isOwed
      }
      let found = [
        try isOwed([".html", ".csv"]), try isOwed([".html"]), try isOwed([".csv"]), try isOwed([]),
        try isOwed([".html", ".csv"], run: "another"),
      ]
      #expect(found == [false, true, true, true, true])
    }
  }

  @Test(
    "hostile texts stay texts, and every link leads somewhere",
    arguments: [
      "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='x",
      "]]>--><!--&amp;&lt;",
      "Отчёт «Ёж» № 1", "دفتر المبيعات \u{202E}abc", "%2e%2e/../..", "a#b?c=d e", "\u{0}\u{1}\u{7F}",
      String(repeating: "длинно", count: 200),
    ])
  func hostile(_ evil: String) async throws {
    try await temporaryDirectory { root in
      let table = QualifiedName(schema: "s", name: evil)
      var report = CatalogueSamples.report("evil", title: evil, sql: "select '\(evil)'", table: evil)
      report.description = evil
      report.owner = evil
      report.tags = [evil, evil + "2"]
      report.columns = [Column(name: evil, title: evil, description: evil, type: evil)]
      report.outputColumns = [evil]
      report.parameters = [Parameter(name: evil, type: .text, defaultValue: .scalar(evil), description: evil)]
      report.checks = [Check(rule: .notNull(columns: [evil]), place: SourcePlace(line: 1))]
      report.materialization.grants = [.init(privilege: .select, role: evil)]
      report.reads = [table]
      let source = Lineage.Node(kind: .source, name: table.description, column: 0)
      let catalogue = Catalogue(
        reports: [
          CatalogueReport(
            report: report,
            standing: ReportStanding(state: evil, level: .bad, newest: evil, asOf: evil, lastError: evil),
            lineage: Lineage(
              nodes: [
                source, .init(kind: .report, name: "evil", column: 1),
                .init(kind: .dashboard, name: evil, column: 2),
              ],
              edges: [.init(from: 0, to: 1), .init(from: 1, to: 2)]))
        ],
        dashboards: [
          .init(
            name: evil, title: evil, description: evil, owner: evil, reports: ["evil"], tables: [table])
        ], sources: [.init(table: table, reports: ["evil"])], readAt: evil, generator: "reportgen 0.1.0")
      try CatalogueSamples.write(catalogue, to: root)
      try expectPages(root, 2)
      if evil.contains("<script>") {
        let text = try #require(contents(root, "evil/index.html"))
        #expect(text.components(separatedBy: "<script").count == 2)
      }
    }
  }

  @Test("a report may be named index, latest or manifest")
  func reservedNames() async throws {
    try await temporaryDirectory { root in
      let reports = ["index", "latest", "manifest", "catalogue"].map {
        CatalogueReport(report: CatalogueSamples.report($0))
      }
      try CatalogueSamples.write(Catalogue(reports: reports, readAt: nil, generator: "reportgen 1"), to: root)
      #expect(names(root, "") == ["catalogue", "index", "index.html", "latest", "manifest"])
      #expect(names(root, "index") == ["index.html"])
      try expectPages(root, 5)
    }
  }

  @Test(
    "passwords in SQL are hidden, and nothing else",
    arguments: [
      (
        "select * from dblink('host=db user=a password=s3cret dbname=x', 'select 1')",
        "select * from dblink('host=db user=a password=<redacted> dbname=x', 'select 1')"
      ),
      (
        "dblink('password = ''s3 cret'' host=db')", "dblink('password = <redacted> host=db')"
      ),
      ("dblink('postgresql://u:s3cret@db/x')", "dblink('postgresql://u:<redacted>@db/x')"),
      ("select password from shop.users where a = 1", "select password from shop.users where a = 1"),
      ("select 'http://shop.example/a:b'", "select 'http://shop.example/a:b'"),
    ])
  func secrets(_ sql: String, _ expected: String) {
    #expect(SecretMask.masked(sql) == expected)
  }

  @Test("boxes of a lineage do not overlap, and lines lead from left to right")
  func drawing() {
    var lineage = CatalogueSamples.small.reports[0].lineage
    for index in 0..<9 { lineage.nodes.append(.init(kind: .source, name: "s.t\(index)", column: 0)) }
    let places = LineageDrawing(lineage: lineage, own: "sales-daily", words: .init()).places
    for (left, one) in places.enumerated() {
      for other in places[(left + 1)...] where one.x == other.x {
        #expect(abs(one.y - other.y) >= LineageDrawing.boxHeight)
      }
    }
    #expect(lineage.edges.allSatisfy { places[$0.from].x + LineageDrawing.boxWidth < places[$0.to].x })
    #expect(places.allSatisfy { $0.x >= 0 && $0.y >= 0 })
  }

  // MARK: Files

  @Test("pages with the same bytes are not touched; of those that differ each is replaced")
  func unchanged() async throws {
    try await temporaryDirectory { root in
      var catalogue = CatalogueSamples.small
      try CatalogueSamples.write(catalogue, to: root)
      let before = try stamps(root)
      #expect(try CatalogueSamples.write(catalogue, to: root) == .init(written: 0, unchanged: 4, removed: 0))
      #expect(try stamps(root) == before)
      catalogue.reports[2].report.title = "Another title"
      #expect(try CatalogueSamples.write(catalogue, to: root) == .init(written: 2, unchanged: 2, removed: 0))
      let after = try stamps(root)
      #expect(
        before.keys.filter { before[$0] != after[$0] }.sorted() == ["index.html", "never-run/index.html"])
      #expect(names(root, "") == ["index.html", "never-run", "sales-daily", "sales-monthly"])
    }
  }

  @Test(
    "where one page cannot be replaced, none is",
    arguments: ["index.html", "never-run/index.html", "never-run/index.html/folder", "never-run link"])
  func foreign(_ path: String) async throws {
    try await temporaryDirectory { root in
      try CatalogueSamples.write(CatalogueSamples.small, to: root)
      let manager = FileManager.default
      let page =
        path.hasSuffix("link") ? "never-run" : path.hasSuffix("folder") ? "never-run/index.html" : path
      try manager.removeItem(atPath: "\(root)/\(page)")
      if path.hasSuffix("folder") {
        try manager.createDirectory(atPath: "\(root)/\(page)", withIntermediateDirectories: true)
      } else if path.hasSuffix("link") {
        try manager.createSymbolicLink(atPath: "\(root)/\(page)", withDestinationPath: "/tmp")
      } else {
        try Data("<title>mine</title>".utf8).write(to: URL(filePath: "\(root)/\(page)"))
      }
      let before = try stamps(root)
      var catalogue = CatalogueSamples.small
      for index in catalogue.reports.indices { catalogue.reports[index].report.title = "changed" }
      let error = #expect(throws: Diagnostic.self) { try CatalogueSamples.write(catalogue, to: root) }
      let words =
        path.hasSuffix("link")
        ? "\"out/never-run\" is a symbolic link" : "\"out/\(page)\" was not written by reportgen"
      #expect(error?.message == words)
      #expect(try stamps(root) == before)
      #expect(names(root, "").allSatisfy { !$0.hasPrefix(".") })
    }
  }

  @Test("pages that an interrupted write did not come to are written by the next one")
  func interrupted() async throws {
    try await temporaryDirectory { root in
      let old = CatalogueSamples.small
      var new = old
      for index in new.reports.indices { new.reports[index].report.title += " (new)" }
      try CatalogueSamples.write(new, to: root)
      let expected = try texts(root)
      // As after a crash behind the first page.
      try CatalogueSamples.write(old, to: root)
      try Data(expected["sales-daily/index.html"]!.utf8).write(
        to: URL(filePath: root + "/sales-daily/index.html"))
      let dead = root + "/" + FileNames.partial(CatalogueFolder.temporaryName, writer: UUID())
      try FileManager.default.createDirectory(atPath: dead, withIntermediateDirectories: false)
      try Data("half".utf8).write(to: URL(filePath: dead + "/never-run"))
      #expect(try CatalogueSamples.write(new, to: root) == .init(written: 3, unchanged: 1, removed: 0))
      #expect(try texts(root) == expected)
      #expect(names(root, "").allSatisfy { !$0.hasPrefix(".") })
    }
  }

  @Test("the temporary folder of a process that is still writing stays")
  func concurrent() async throws {
    try await temporaryDirectory { root in
      let directory = try #require(try Directory.open(path: root, shown: "out", create: false))
      let name = FileNames.partial(CatalogueFolder.temporaryName, writer: UUID())
      let living = try directory.makeLockedFolder(name)
      try living.directory.write("page", Array("half".utf8))
      try CatalogueSamples.write(CatalogueSamples.small, to: root)
      #expect(names(root, name) == ["page"])
      living.removeWithFiles(from: directory)
      #expect(names(root, "") == ["index.html", "never-run", "sales-daily", "sales-monthly"])
    }
  }

  @Test("pages of reports that are gone go, with empty folders; what others wrote stays")
  func retired() async throws {
    try await temporaryDirectory { root in
      try CatalogueSamples.write(CatalogueSamples.small, to: root)
      try addFiles(root, "sales-monthly", "2026-11", [".csv"])
      for folder in ["superset-assets", "mine"] {
        try FileManager.default.createDirectory(
          atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
      }
      try Data("<title>mine</title>".utf8).write(to: URL(filePath: root + "/mine/index.html"))
      var catalogue = CatalogueSamples.small
      catalogue.reports.removeLast(2)
      catalogue.reports[0].lineage = Lineage()
      catalogue.dashboards = []
      #expect(try CatalogueSamples.write(catalogue, to: root).removed == 2)
      #expect(names(root, "") == ["index.html", "mine", "sales-daily", "sales-monthly", "superset-assets"])
      #expect(names(root, "sales-monthly") == ["2026-11"])
      #expect(names(root, "mine") == ["index.html"])
    }
  }

  @Test("a catalogue of a thousand reports is whole")
  func thousand() async throws {
    try await temporaryDirectory { root in
      let reports = (0..<1000).map { number in
        var report = CatalogueSamples.daily
        report.name = "report-\(number)"
        report.title = "Report \(number)"
        var entry = CatalogueSamples.small.reports[0]
        entry.report = report
        entry.lineage = Lineage(
          nodes: [
            .init(kind: .source, name: "shop.purchases", column: 0),
            .init(kind: .report, name: report.name, column: 1),
            .init(kind: .report, name: "report-\((number + 1) % 1000)", column: 2),
          ], edges: [.init(from: 0, to: 1), .init(from: 1, to: 2)])
        return entry
      }
      var catalogue = CatalogueSamples.small
      catalogue.reports = reports
      catalogue.dashboards = []
      catalogue.sources = [
        .init(table: .init(schema: "shop", name: "purchases"), reports: reports.map(\.report.name))
      ]
      #expect(
        try CatalogueSamples.write(catalogue, to: root) == .init(written: 1001, unchanged: 0, removed: 0))
      let index = try CataloguePage(try #require(contents(root, "index.html")))
      #expect(Set(reports.map { "\($0.report.name)/index.html" }).isSubset(of: index.links))
      for number in [0, 1, 500, 999] {
        let page = try #require(contents(root, "report-\(number)/index.html"))
        #expect(page.contains("<h1 dir=\"auto\">Report \(number)</h1>"))
      }
      #expect(
        try CatalogueSamples.write(catalogue, to: root) == .init(written: 0, unchanged: 1001, removed: 0))
    }
  }

  // MARK: Helpers

  private func addFiles(
    _ root: String, _ report: String, _ interval: String, _ ends: [String], run: String = Samples.run
  ) throws {
    let folder = "\(root)/\(report)/\(interval)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ends.map({ report + $0 }) + ["manifest.json"] {
      try Data("\"run\": \"\(run)\"".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }
  }

  /// Contents of every page by its path.
  private func texts(_ root: String) throws -> [String: String] {
    var found: [String: String] = [:]
    for case let path as String in FileManager.default.enumerator(atPath: root) ?? .init()
    where path.hasSuffix("index.html") {
      found[path] = contents(root, path)
    }
    return found
  }

  /// Identity and time of every page by its path.
  private func stamps(_ root: String) throws -> [String: String] {
    var found: [String: String] = [:]
    for path in try texts(root).keys {
      let facts = try FileManager.default.attributesOfItem(atPath: "\(root)/\(path)")
      found[path] = "\(facts[.systemFileNumber] ?? "") \(facts[.modificationDate] ?? "")"
    }
    return found
  }

  /// Each page is well-formed, has known elements alone, loads nothing, and each of its links leads to a file, and to an
  /// element of it.
  private func expectPages(_ root: String, _ count: Int, sourceLocation: SourceLocation = #_sourceLocation)
    throws
  {
    let texts = try texts(root)
    #expect(texts.count == count, sourceLocation: sourceLocation)
    let pages = try texts.mapValues(CataloguePage.init)
    for (path, page) in pages {
      #expect(page.elements.isSubset(of: CataloguePage.known), "\(path)", sourceLocation: sourceLocation)
      #expect(
        Set(page.identifiers).count == page.identifiers.count, "\(path)", sourceLocation: sourceLocation)
      #expect(!page.links.isEmpty && page.handlers.isEmpty, "\(path)", sourceLocation: sourceLocation)
      let policy = PageHead.policy(script: CatalogueScript.hash)
      #expect(texts[path]?.contains("content=\"\(policy)\"") == true, sourceLocation: sourceLocation)
      for link in page.links {
        let (file, fragment) = try target(of: link, from: path)
        #expect(
          FileManager.default.fileExists(atPath: "\(root)/\(file)"), "\(path): \(link)",
          sourceLocation: sourceLocation)
        // Those with a key set the filters of the index.
        guard let fragment, fragment.firstMatch(of: /^(tag|owner)=/) == nil else { continue }
        #expect(
          pages[file]?.identifiers.contains(fragment) == true, "\(path): \(link)",
          sourceLocation: sourceLocation)
      }
    }
  }

  private func target(of link: String, from path: String) throws -> (file: String, fragment: String?) {
    let base = try #require(URL(string: "file:///root/\(path)"))
    let url = try #require(URL(string: link, relativeTo: base)?.absoluteURL.standardized)
    let file = url.path(percentEncoded: false)
    try #require(url.scheme == "file" && file.hasPrefix("/root/"), "\(link)")
    return (String(file.dropFirst("/root/".count)), url.fragment(percentEncoded: false))
  }
}

/// What a page of a catalogue has, found by Foundation's XML parser.
private final class CataloguePage: NSObject, XMLParserDelegate {
  struct NotWellFormed: Error { var line: Int }

  static let known: Set = [
    "html", "head", "meta", "title", "style", "body", "div", "nav", "header", "main", "footer", "section",
    "p",
    "h1", "h2", "span", "code", "pre", "dl", "dt", "dd", "svg", "text", "path", "rect", "ul", "li", "table",
    "caption", "thead", "tbody", "tr", "th", "td", "i", "a", "b", "strong", "script",
  ]

  var elements: Set<String> = []
  var identifiers: [String] = []
  var links: Set<String> = []
  /// Attributes that could run a script or load something.
  var handlers: Set<String> = []

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
    if let identifier = attributes["id"] { identifiers.append(identifier) }
    if let link = attributes["href"] { links.insert(link) }
    handlers.formUnion(
      attributes.keys.filter { $0.hasPrefix("on") || ["src", "style", "srcdoc"].contains($0) })
  }
}
