import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct PageInBrowserTests {
  @Test(
    "a page opens without a console message and without a request",
    arguments: ["sales-daily.html", "sales-by-category.html", "empty.html", "index.html"])
  func opens(_ name: String) async throws {
    let browser = try Browser.find()
    try await temporaryDirectory { folder in
      let visit = try await browser.open(golden(name), folder: folder)
      #expect(visit.consoleMessages == [])
      #expect(visit.requests == [])
      #expect(visit.document.contains("</table>"))
      #expect(visit.document.contains("<h1>"))
    }
  }

  @Test("a page with a console message and a request shows both to these tests")
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
