import Foundation
import ReportDefinitions
import ReportModel
import TestSupport
import Testing

@Suite struct DefinitionExampleTests {
  /// Metadata for a SELECT that stands alone.
  static let plainMetadata = "title: Example\nperiod: day\nstart: 2024-01-01\nmaterialize: {as: none}\n"

  @Test("every definition in the documents lints without a diagnostic")
  func definitions() async throws {
    var count = 0
    for document in try Repository.documents() {
      for (yaml, sql, line) in pairs(in: document) {
        count += 1
        try await temporaryDirectory { folder in
          try write(yaml, to: folder + "/reports/example.yaml")
          try write(sql, to: folder + "/reports/example.sql")
          let loaded = ProjectLoader(directory: folder).loadReports(Project())
          #expect(loaded.diagnostics == [], "\(document.path):\(line)")
          #expect(loaded.value.count == 1)
        }
      }
    }
    #expect(count >= 6)
  }

  @Test("every reportgen.yaml in the documents is read without a diagnostic")
  func projects() async throws {
    var count = 0
    for document in try Repository.documents() {
      for block in document.blocks where block.language == "yaml" && block.has("project") {
        count += 1
        try await temporaryDirectory { folder in
          try write(block.text, to: folder + "/reportgen.yaml")
          let loaded = ProjectLoader(directory: folder).loadProject()
          #expect(loaded.diagnostics == [], "\(document.path):\(block.firstLine)")
        }
      }
    }
    #expect(count >= 2)
  }

  @Test("the shortened definition in README is that of the store")
  func readme() throws {
    let document = try Document("README.md")
    let sql = try #require(document.blocks.first { $0.language == "sql" })
    #expect(try Repository.text("reports/sales-daily.sql").contains(sql.text.dropLast()))
    let metadata = try Repository.text("reports/sales-daily.yaml")
    let yaml = try #require(document.blocks.first { $0.language == "yaml" })
    for line in yaml.lines.prefix(while: { !$0.hasPrefix("columns:") }) {
      let key = line.split(separator: "#")[0].trimmingCharacters(in: .whitespaces)
      #expect(metadata.contains(key), "\(line)")
    }
  }

  private struct Pair {
    var yaml: String?
    var sql: String?
    var line: Int
  }

  /// YAML and SQL under one heading, in either order, are one definition; a SELECT may stand alone.
  private func pairs(in document: Document) -> [(yaml: String, sql: String, line: Int)] {
    var pairs: [Pair] = []
    var isOpen = false
    for piece in document.pieces {
      if case .prose(let line) = piece, line.hasPrefix("#") { isOpen = false }
      guard case .block(let block) = piece, isDefinition(block) else { continue }
      if !isOpen { pairs.append(Pair(line: block.firstLine)) }
      let last = pairs.count - 1
      if block.language == "yaml" { pairs[last].yaml = block.text } else { pairs[last].sql = block.text }
      isOpen = pairs[last].yaml == nil || pairs[last].sql == nil
    }
    return pairs.map { ($0.yaml ?? Self.plainMetadata, $0.sql ?? "no SQL here", $0.line) }
  }

  private func isDefinition(_ block: Document.Block) -> Bool {
    ["yaml", "sql"].contains(block.language)
      && !["fragment", "project", "script"].contains(where: block.has)
  }

  private func write(_ text: String, to path: String) throws {
    let url = URL(filePath: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }
}
