import Foundation
import ReportModel
import Testing

@testable import ReportDefinitions

@Suite struct HostileInputTests {
  static let plain = "title: x\nmaterialize: {as: table, table: reports.t}"

  @Test(
    "SQL that overflows the parser's stack of 8 MiB is read",
    arguments: [
      ("+1", 200_000), ("::a", 40_000), (" isnull", 40_000), ("||''", 40_000), (" collate a", 40_000),
      ("[1]", 40_000), (".a", 40_000),
    ])
  func deep(_ unit: String, _ bytes: Int) throws {
    let head = "select x"
    let tail = " as a from s.t"
    let count = (bytes - head.utf8.count - tail.utf8.count) / unit.utf8.count
    let sql = head + String(repeating: unit, count: count) + tail
    #expect(try Sample.report(sql: sql, yaml: Self.plain).outputColumns == ["a"])
  }

  @Test("the stack is large enough for the deepest tree of a file of 1 MiB")
  func stack() throws {
    let sql = "select 1" + String(repeating: "+1", count: (SourceFile.limitBytes - 8) / 2)
    let depths = try DeepStack.map([sql]) { sql in (try? PgQuery.parse(sql))?.all("A_Expr").count }
    #expect(depths == [(SourceFile.limitBytes - 8) / 2])
  }

  @Test("SQL that the parser rejects as too deep is an error with a place")
  func tooDeep() throws {
    let sql = "select " + String(repeating: "(", count: 100_000)
    #expect(
      try Sample.project(sql: sql, yaml: Self.plain).lint()
        == "reports/sales.sql:1:10004: error: memory exhausted at or near \"(\"")
  }

  @Test("files over 1 MiB are refused before they are read", arguments: ["sql", "yaml"])
  func large(_ kind: String) throws {
    let project = try Sample.project()
    try project.write("reports/sales." + kind, Data(repeating: 32, count: 10_000_000))
    #expect(
      project.lint() == """
        reports/sales.\(kind): error: file has 10000000 bytes, more than the 1048576 that are read
          hint: A definition is text written by people; keep data in tables.
        """)
  }

  @Test("rows of a test file of 1 MiB are read, each with its line and column")
  func manyLines() throws {
    let header = "tests:\n  - name: a\n    expect: |\n"
    let count = (SourceFile.limitBytes - 200) / 12
    let lines = ["      x, y"] + Array(repeating: "      1, 2", count: count) + ["      3"]
    let yaml = header + lines.joined(separator: "\n")
    let project = try Sample.project(sql: "select t.x, t.y from s.t", yaml: Self.plain)
    try project.write("reports/sales.test.yaml", Data(yaml.utf8))
    let found = project.loadTests()
    #expect(
      text(found.diagnostics) == """
        reports/sales.test.yaml:\(count + 5):7: error: row has 1 field, but the line of columns has 2 fields
          hint: Leave a field empty for null; put a text that has a comma in double quotes.
        """)
  }

  @Test("of thousands of errors in one file a hundred are shown, and the number of the others")
  func manyMistakes() throws {
    let names = (0..<4_000).map { ":p\($0)" }.joined(separator: ",")
    let found = try Sample.project(sql: "select \(names)", yaml: Self.plain).load().diagnostics
    #expect(found.count == 101)
    #expect(
      found.contains { $0.description == "reports/sales.sql: error: 7900 more findings are not shown" })
  }

  @Test("text that is not UTF-8 is refused at its place", arguments: ["sql", "yaml"])
  func encoding(_ kind: String) throws {
    let project = try Sample.project()
    try project.write("reports/sales." + kind, Data(Array("-- Я\nЯ ".utf8) + [0xD0, 0x20]))
    #expect(
      project.lint() == """
        reports/sales.\(kind):2:3: error: text is not UTF-8
          hint: Save the file as UTF-8.
        """)
  }

  @Test("folders, pipes and dangling links in place of definitions are errors and do not block")
  func strangeFiles() throws {
    let project = try Sample.project()
    #expect(mkfifo(project.directory + "/reports/pipe.sql", 0o600) == 0)
    #expect(symlink("/nonexistent", project.directory + "/reports/gone.yaml") == 0)
    try project.write("reports/pipe.yaml", Data(Self.plain.utf8))
    try project.write("reports/folder.sql/inner.txt", Data())
    #expect(
      project.lint() == """
        reports/gone.yaml: error: could not read the file: no such file or directory
        reports/pipe.sql: error: could not read the file: it is not a regular file
        """)
  }

  @Test("a symbolic link to a folder above it is an error")
  func links() throws {
    let project = try Sample.project()
    try project.write("reports/a/b/note.txt", Data())
    #expect(symlink("../..", project.directory + "/reports/a/b/up") == 0)
    #expect(
      project.lint() == """
        reports/a/b/up: error: symbolic link leads back to a folder above it
          hint: Remove the link.
        """)
  }

  @Test("a project without reports says how to write one")
  func noReports() throws {
    let project = try TestProject()
    try FileManager.default.removeItem(atPath: project.directory + "/reports")
    #expect(
      project.lint() == """
        reports: error: could not read the folder: no such file or directory
          hint: Write a first report with "reportgen new NAME", or use --project.
        """)
  }

  @Test("line breaks and colours in names and values cannot forge lines of output")
  func forgery() throws {
    let project = try Sample.project(
      sql: "select 1 as a,\n'\u{1B}[31m' \"x\ny\", 1 \"x\ny\" from \"a\n\u{1B}b\"",
      yaml: "\"ti\\n\\u001btle\": x\n" + Self.plain)
    try project.write("reports/a\n\u{1B}b.sql", Data())
    let text = project.lint()
    #expect(!text.contains("\u{1B}"))
    #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("reports/") || $0.hasPrefix("  hint: ") })
  }

  @Test("YAML that nests too deep is an error")
  func nesting() throws {
    for unit in ["[", "{a: ", "- ", "? "] {
      let yaml =
        "title: x\na: " + (unit == "- " || unit == "? " ? "\n  " : "")
        + String(repeating: unit, count: 50_000)
      let project = try Sample.project(yaml: yaml)
      #expect(project.load().hasErrors)
    }
  }
}
