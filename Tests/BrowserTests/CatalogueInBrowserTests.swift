import Foundation
import TestSupport
import Testing

/// The script of the catalogue's index in a real browser.
@Suite(.serialized) struct CatalogueInBrowserTests {
  private static let index = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Golden/export/index.html")

  /// The titles that are shown after the actions of a second script, in a page without its policy.
  private func shown(_ browser: Browser, _ folder: String, _ actions: String, fragment: String = "")
    async throws
    -> (titles: [String], document: String)
  {
    let original = try String(contentsOf: Self.index, encoding: .utf8)
    let policy = try #require(original.firstMatch(of: /<meta http-equiv[^>]*>/)).output
    let page = "\(folder)/page.html"
    try original.replacing(policy, with: "").replacing("</body>", with: "<script>\(actions)</script></body>")
      .write(toFile: page, atomically: true, encoding: .utf8)
    let document = try await browser.open(page + fragment, folder: folder).document
    let rows = document.components(separatedBy: "<tr data-states=").dropFirst()
    let titles = rows.filter { !$0.prefix { $0 != ">" }.contains("hidden=") }.compactMap {
      $0.firstMatch(of: /<a href="[^"]*" dir="auto">([^<]*)<\/a>/).map { String($0.output.1) }
    }
    return (titles, document)
  }

  @Test("the script that the index's policy names searches and filters its reports")
  func searching() async throws {
    let browser = try Browser.find()
    try await temporaryDirectory { folder in
      let visit = try await browser.open(Self.index.path, folder: folder)
      #expect(visit.consoleMessages == [] && visit.requests == [])
      #expect(visit.document.contains("<form class=\"filters\" role=\"search\">"))
      let all = ["Daily sales", "Продажи по месяцам", "Never run"]
      func after(_ actions: String, _ fragment: String = "") async throws -> [String] {
        try await shown(
          browser, folder,
          """
          function set(name, value) {
            const field = document.querySelector('.filters [name=' + name + ']');
            field.value = value;
            field.dispatchEvent(new Event('input', {bubbles: true}));
          }
          \(actions)
          """, fragment: fragment
        ).titles
      }
      #expect(try await after("") == all)
      #expect(try await after("set('q', 'МЕСЯЦАМ')") == [all[1]])
      // A column's title, and every word of several.
      #expect(try await after("set('q', 'revenue')") == [all[0]])
      #expect(try await after("set('q', '  never   run ')") == [all[2]])
      #expect(try await after("set('q', 'nothing of this')") == [])
      #expect(try await after("set('q', 'x'); set('q', '')") == all)
      #expect(try await after("set('tag', 'sales')") == [all[0], all[1]])
      #expect(try await after("set('tag', 'sales'); set('q', 'daily')") == [all[0]])
      #expect(try await after("set('owner', 'Отдел продаж')") == [all[1]])
      #expect(try await after("set('state', 'late')").contains(all[1]))
      #expect(try await after("set('state', 'nothing published')") == [all[2]])
      #expect(
        try await after("", "#owner=%D0%9E%D1%82%D0%B4%D0%B5%D0%BB%20%D0%BF%D1%80%D0%BE%D0%B4%D0%B0%D0%B6")
          == [all[1]])
      #expect(try await after("", "#tag=nightly") == [all[0]])
    }
  }

  @Test("a report whose time has come while nobody wrote the page is shown as late")
  func late() async throws {
    let browser = try Browser.find()
    try await temporaryDirectory { folder in
      let original = try String(contentsOf: Self.index, encoding: .utf8)
      for (after, isLate) in [(1, true), (4_000_000_000, false)] {
        let page = "\(folder)/page.html"
        try original.replacing("data-late-after=\"1795480000\"", with: "data-late-after=\"\(after)\"")
          .replacing("data-as-of=\"1795311012\"", with: "data-as-of=\"3999999999\"")
          .write(toFile: page, atomically: true, encoding: .utf8)
        let document = try await browser.open(page, folder: folder).document
        #expect(document.contains("data-as-of=\"3999999999\" data-late-after=\"\(after)\">&lt; 1 h") as Bool)
        #expect(document.contains("&lt; 1 h, late</span>") == isLate)
      }
    }
  }
}
