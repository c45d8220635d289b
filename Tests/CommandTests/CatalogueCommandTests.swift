import Foundation
import TestSupport
import Testing

@Suite("The catalogue")
struct CatalogueCommandTests {
  @Test("docs works without a server, and then says that states are unknown")
  func withoutServer() async throws {
    try await withDefinitions { project in
      let outcome = try await project.run("docs", "--output", "www")
      #expect(outcome.status == 0)
      #expect(outcome.error.hasPrefix("warning: the states of the reports are unknown: "))
      #expect(
        outcome.output == """
          1 report, 0 dashboards  states unknown
            index  www/index.html
            pages  2 written, 0 unchanged, 0 removed

          """)
      #expect(try project.text("www/index.html").contains("<b>unknown</b>"))
      #expect(try project.text("www/total/index.html").contains("select sale.item, sum(sale.amount)"))

      try project.write("mine", to: "www/index.html")
      let refused = try await project.run("docs", "--output", "www")
      #expect(refused.status == 1)
      #expect(
        refused.error.hasSuffix(
          """
          error: "www/index.html" was not written by reportgen
            hint: Move it away, or have the pages written to another folder.

          """))
      #expect(try project.text("www/index.html") == "mine")
    }
  }

  @Test("runs, exports and retirements refresh the catalogue; docs finds nothing left to write but the time")
  func refreshed() async throws {
    try await withProject { project in
      try project.daily()
      try await project.succeed("run", "--all", "--quiet")
      let index = try project.text("out/index.html")
      #expect(index.contains("href=\"total/index.html\"") && index.contains("<b>confirmed</b>"))
      #expect(try project.text("out/daily/index.html").contains("/daily.csv\""))
      let document = try #require(
        try JSONSerialization.jsonObject(
          with: Data(try await project.succeed("docs", "--format", "json").utf8)) as? [String: Any])
      // The index shows when the states were read, to the second.
      let written = try #require(document["written"] as? Int)
      let unchanged = try #require(document["unchanged"] as? Int)
      let reports = try #require(document["reports"] as? Int)
      #expect(written <= 1 && written + unchanged == reports + 1)
      #expect(document["removed"] as? Int == 0 && document["statesAsOf"] is String)

      // A dry run publishes nothing.
      let before = try project.text("out/index.html")
      try await project.succeed("run", "daily", "--dry-run", "--quiet")
      #expect(try project.text("out/index.html") == before)

      try FileManager.default.removeItem(atPath: project.output + "/total/index.html")
      try await project.succeed("export", "total", "--quiet")
      #expect(try project.text("out/total/index.html").contains("<b>confirmed</b>"))

      for kind in ["sql", "yaml"] {
        try FileManager.default.removeItem(atPath: "\(project.folder)/reports/daily.\(kind)")
      }
      try await project.succeed("retire", "daily", "--yes")
      #expect(!FileManager.default.fileExists(atPath: project.output + "/daily"))
      #expect(try !project.text("out/index.html").contains("daily/"))
    }
  }

  @Test("a run whose catalogue cannot be written says so, and has published all the same")
  func unwritable() async throws {
    try await withProject { project in
      try project.write("mine", to: "out/index.html")
      let outcome = try await project.run("run", "total", "--quiet")
      #expect(outcome.status == 0)
      #expect(
        outcome.error.contains(
          "warning: the catalogue is not written: \"out/index.html\" was not written by reportgen"))
      #expect(try project.text("out/index.html") == "mine")
      #expect(
        try !FileManager.default.contentsOfDirectory(atPath: project.output).contains { $0.hasPrefix(".") })
    }
  }
}
