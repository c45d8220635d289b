import ReportDefinitions
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// What a table holds, in a word: whoever remembers answers about it has to hear of every change, and of nothing else.
@Suite struct VersionTests {
  private static let yaml = Definition.daily("unique_key: [id]")

  private func version(_ project: EngineProject) async throws -> String? {
    try await LedgerReport(servers: project.servers, fingerprints: StoredDefinitions.fingerprints)
      .versions(of: ["sale"])["sale"]
  }

  @Test("the word changes when a row does, and after no other run")
  func rows() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Self.yaml)
      #expect(try await version(project) == nil)
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      let first = try await version(project)
      #expect(first != nil)
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      #expect(try await version(project) == first)
      try await project.execute("update src.sale set amount = 7 where id = 2")
      try await project.publish("sale", Definition.range("2024-01-03", "2024-01-04"))
      #expect(try await version(project) == first)
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      let second = try await version(project)
      #expect(second != first)
      try await project.execute("delete from src.sale where id = 1")
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      #expect(try await version(project) != second)
    }
  }

  @Test("another definition is another word, though every row stays")
  func definition() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Self.yaml)
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      let first = try await version(project)
      try await project.define(
        "sale", Self.yaml, sql: Definition.sql.replacing("where", with: "where true and"))
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      #expect(try await version(project) != first)
    }
  }
}
