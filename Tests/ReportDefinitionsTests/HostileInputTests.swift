import Foundation
import Glibc
import ReportModel
import Testing

@testable import ReportDefinitions

@Suite struct HostileInputTests {
  static let plain = "title: x\nmaterialize: {as: table, table: reports.t}"

  @Test(
    "SQL as deep as the limit of its words allows is read",
    arguments: [
      ("+1", 49_000), ("::a", 40_000), (" isnull", 40_000), ("||''", 40_000), (" collate a", 40_000),
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

  @Test("SQL with too many words is refused before it is parsed, at the first word too many")
  func tooLong() throws {
    let sql = "select '–', 1" + String(repeating: "+1", count: 100_000) + " as a, '' as b from s.t"
    let project = try Sample.project(sql: sql, yaml: Self.plain)
    #expect(
      project.lint()
        == "reports/sales.sql:1:50010: error: SQL has more than 50000 words, numbers and signs; keep data in tables"
    )
  }

  @Test(
    "comments that begin inside of each other are refused before the scanner sees them",
    arguments: ["/*", "/**/", "-/*", "/*/**/*/"])
  func nestedComments(_ unit: String) throws {
    let sql =
      "select 1 as a, '–'\n" + String(repeating: unit, count: (SourceFile.limitBytes - 100) / unit.utf8.count)
    let clock = ContinuousClock()
    let began = clock.now
    #expect(
      try Sample.project(sql: sql, yaml: Self.plain).lint()
        == "reports/sales.sql:2:1: error: more than 50 comments begin inside of each other, or without a space between them"
    )
    // Half a minute for a tenth of it, where the scanner sees it.
    #expect(clock.now - began < .seconds(20))
  }

  @Test(
    "comments that people write are read",
    arguments: [
      "/*****************************************************************************************/",
      "/* a /* b /* c */ d */ e */", String(repeating: "/* x */\n", count: 5000),
      "--//**//**//**//**//**//**//**/",
      String(repeating: "-", count: 100_000), String(repeating: "/**/ ", count: 5000),
    ])
  func comments(_ comment: String) throws {
    let sql = "select 1 as a, 2 as b \(comment)\nfrom s.t"
    #expect(try Sample.report(sql: sql, yaml: Self.plain).outputColumns == ["a", "b"])
  }

  @Test("SQL that the parser rejects as too deep is an error with a place")
  func tooDeep() throws {
    let sql = "select " + String(repeating: "(", count: 40_000)
    #expect(
      try Sample.project(sql: sql, yaml: Self.plain).lint()
        == "reports/sales.sql:1:10004: error: memory exhausted at or near \"(\"")
  }

  @Test("the time of a file grows with its length, however many checks or equal keys it has")
  func manyChecks() throws {
    func seconds(_ count: Int) throws -> (checks: Duration, keys: Duration) {
      let checks =
        "title: x\nmaterialize: {as: table, table: reports.t}\nchecks:\n"
        + String(repeating: "  - sql: select 1\n", count: count)
      let clock = ContinuousClock()
      var began = clock.now
      _ = try Sample.project(yaml: checks).load()
      let first = clock.now - began
      began = clock.now
      let found = try Sample.project(yaml: String(repeating: "title: x\n", count: count)).load()
      #expect(found.hasErrors)
      return (first, clock.now - began)
    }
    let (few, many) = (try seconds(1000), try seconds(10_000))
    // Squares would be a hundred times as much; other tests run beside this one.
    #expect(many.checks < few.checks * 50 + .seconds(5))
    #expect(many.keys < few.keys * 50 + .seconds(5))
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
        reports/pipe.sql: error: could not read the file: it is a named pipe
          hint: Remove it; only files are read.
        """)
  }

  @Test("a socket and a device in place of definitions are named as what they are")
  func socketsAndDevices() throws {
    let project = try Sample.project()
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // The folder's own name can be too long for a socket.
    let short = NSTemporaryDirectory() + "s-\(UUID().uuidString.prefix(8))"
    #expect(symlink(project.directory + "/reports", short) == 0)
    defer { unlink(short) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: (short + "/talk.sql").utf8) }
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    try #require(isBound)
    #expect(symlink("/dev/zero", project.directory + "/reports/zero.yaml") == 0)
    try project.write("reports/talk.yaml", Data(Self.plain.utf8))
    try project.write("reports/zero.sql", Data("select 1 as a".utf8))
    #expect(
      project.lint() == """
        reports/talk.sql: error: could not read the file: it is a socket
          hint: Remove it; only files are read.
        reports/zero.yaml: error: could not read the file: it is a device
          hint: Remove it; only files are read.
        """)
  }

  @Test("links that lead to one folder from many are refused, not followed again and again")
  func manyLinks() throws {
    let project = try Sample.project()
    // Each of 30 folders has two links to the next one: a billion ways to the last.
    for number in 0..<30 {
      try project.write("chain/\(number)/note.txt", Data())
      for name in ["a", "b"] {
        #expect(symlink("../\(number + 1)", project.directory + "/chain/\(number)/\(name)") == 0)
      }
    }
    try project.write("chain/30/note.txt", Data())
    #expect(symlink("../chain/0", project.directory + "/reports/chain") == 0)
    let found = project.load().diagnostics
    #expect(found.count == 30)
    #expect(
      found.last?.description == """
        reports/chain/b: error: symbolic link leads to a folder that is read as reports/chain/a
          hint: Remove the link.
        """)
  }

  @Test("a file of too many values is told apart from one whose aliases multiply")
  func manyValues() throws {
    let list = "title: x\ntags: [" + String(repeating: "a,", count: 110_000) + "a]"
    #expect(
      try Sample.project(yaml: list).lint() == """
        reports/sales.yaml: error: the file stands for more than 100000 values
          hint: A definition is text written by people; keep data in tables.
        """)
    let bomb =
      "title: x\na: &a [\(String(repeating: "x,", count: 999))x]\nb: [\(String(repeating: "*a,", count: 999))*a]"
    #expect(
      try Sample.project(yaml: bomb).lint() == """
        reports/sales.yaml: error: the file stands for more than 100000 values
          hint: Its aliases repeat each other; write the values out.
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
