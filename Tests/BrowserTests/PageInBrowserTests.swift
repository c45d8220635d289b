import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct PageInBrowserTests {
  @Test(
    "a page opens without console messages and requests",
    arguments: [
      "sales-daily.html", "sales-by-category.html", "empty.html", "index.html", "catalogue-report.html",
    ])
  func opens(_ name: String) async throws {
    let browser = try Browser.find()
    try await temporaryDirectory { folder in
      let visit = try await browser.open(golden(name), folder: folder)
      #expect(visit.consoleMessages == [])
      #expect(visit.requests == [])
      #expect(visit.document.contains("</table>"))
      #expect(visit.document.contains("<h1"))
    }
  }

  @Test("the script that a page's policy names sorts and filters its rows")
  func sorting() async throws {
    let browser = try Browser.find()
    try await temporaryDirectory { folder in
      let original = try String(contentsOfFile: golden("sales-daily.html"), encoding: .utf8)
      let visit = try await browser.open(golden("sales-daily.html"), folder: folder)
      #expect(visit.document.components(separatedBy: "<button type=\"button\">").count == 6)
      // A page without the policy can be asked by a second script.
      let policy = try #require(original.firstMatch(of: /<meta http-equiv[^>]*>/)).output
      func order(_ actions: String) async throws -> [String] {
        let page = "\(folder)/page.html"
        try original.replacing(policy, with: "").replacing(
          "</body>", with: "<script>\(actions)</script></body>"
        )
        .write(toFile: page, atomically: true, encoding: .utf8)
        let rows =
          try await browser.open(page, folder: folder).document.components(
            separatedBy: "<table class=\"rows\">"
          )
          .last?.components(separatedBy: "<tr").dropFirst(2) ?? []
        return rows.filter { !$0.hasPrefix(" hidden") }.compactMap {
          $0.firstMatch(of: /<\/td><td>([^<]*|<i>—<\/i>)<\/td>/).map { String($0.output.1) }
        }
      }
      #expect(try await order("") == ["EUR", "RUB", "USD", "<i>—</i>"])
      let heads = "const heads = document.querySelectorAll('th button');"
      #expect(try await order("\(heads) heads[2].click()") == ["<i>—</i>", "EUR", "USD", "RUB"])
      #expect(
        try await order("\(heads) heads[2].click(); heads[2].click()") == ["RUB", "USD", "EUR", "<i>—</i>"])
      // What has no value comes last in both directions.
      #expect(
        try await order("\(heads) heads[3].click(); heads[3].click()") == ["RUB", "USD", "EUR", "<i>—</i>"])
      let filter =
        "const f = document.querySelector('.filter'); f.value = 'us'; f.dispatchEvent(new Event('input'))"
      #expect(try await order(filter) == ["USD"])
    }
  }

  @Test("console messages and requests of a page are detected")
  func control() async throws {
    let browser = try Browser.find()
    try await temporaryDirectory { folder in
      let page = "\(folder)/page.html"
      let text = "<!doctype html><img src='https://page.invalid/a.png'><script>console.error('boom')</script>"
      try text.write(toFile: page, atomically: true, encoding: .utf8)
      let visit = try await browser.open(page, folder: folder)
      #expect(visit.consoleMessages.count == 1)
      #expect(Set(visit.requests) == ["https://page.invalid/a.png"])
    }
  }

  private func golden(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden/export/\(name)").path
  }
}
