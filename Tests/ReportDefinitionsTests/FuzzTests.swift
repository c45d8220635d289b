import Foundation
import ReportDefinitions
import ReportModel
import Testing

@Suite struct FuzzTests {
  /// The same changes at every run, so that a failure can be repeated.
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  static let pieces = [
    ":", "::", ":x", "'", "\"", "$$", "--", "/*", "*/", ";", "(", ")", "[", "]", "{", "}", ",", "\\", "\0",
    "\u{FEFF}", "é",
    "🙂", "\r\n", "\t", "&a ", "*a", "<<: ", "? ", "- ", "|", ">", "!!int ", "#", "null", "~", "- - -", "with",
    "select",
    "union", "*", "U&'", "E'\\", "%", "@", "`", "\u{2028}", "\u{85}", "$1", "9999999999999999999999",
    ":staging",
  ]

  static func mutated(_ text: String, _ random: inout Generator) -> Data {
    var bytes = Array(text.utf8)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let at = Int.random(in: 0...bytes.count, using: &random)
      let end = min(bytes.count, at + Int.random(in: 0...8, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes.removeSubrange(at..<end)
      case 1:
        bytes.insert(contentsOf: Array(bytes[at..<end]), at: Int.random(in: 0...bytes.count, using: &random))
      case 2 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &random)
      default:
        bytes.insert(contentsOf: Array(pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8), at: at)
      }
    }
    return Data(bytes)
  }

  @Test(
    "random changes to a definition's bytes give a report or diagnostics, never a crash", arguments: 0..<4)
  func mutations(_ seed: Int) throws {
    var random = Generator(state: UInt64(seed))
    let sql = try DefinitionTemplate.files(name: "sales").sql
    let yaml =
      try DefinitionTemplate.files(name: "sales").yaml + """
        parameters: {region: {type: "text[]", default: [a]}}
        checks2: &a [x]
        """
    var broken = 0
    for _ in 0..<20 {
      let project = try TestProject()
      for number in 0..<40 {
        try project.write(
          "reports/r\(number).sql", number % 2 == 0 ? Self.mutated(sql, &random) : Data(sql.utf8))
        try project.write(
          "reports/r\(number).yaml", number % 2 == 1 ? Self.mutated(yaml, &random) : Data(yaml.utf8))
      }
      let loaded = project.load()
      broken += 40 - loaded.value.count
      for diagnostic in loaded.diagnostics {
        #expect(!diagnostic.message.contains("\n"), "\(diagnostic)")
        #expect(diagnostic.place?.line ?? 1 > 0 && diagnostic.place?.column ?? 1 > 0)
      }
      for report in loaded.value { expectSound(report) }
    }
    #expect(broken > 200)
  }

  private static let tests = #"""
    date: 2024-01-01
    given:
      purchasesschema.purchases: &rows |
        purchase_date, quantity, "um ""x"""
        2024-01-01,    2,        "a, b"
        2024-01-01,    ,         null
    tests:
      - {name: a, expect: {rows: [{purchase_date: 2024-01-01, purchases: [1, [null]]}], ordered: true, checks: pass}}
      - {name: b, from: 2024-01-01, to: 2024-01-03, given: {purchasesschema.purchases: *rows}, expect: *rows}
      - {name: c, parameters: {x: [1]}, expect: {count: 1, fails: [unique_key, range: total_quantity]}}
    """#

  @Test("random changes to a test file's bytes give tests or diagnostics, never a crash", arguments: 0..<4)
  func testFiles(_ seed: Int) throws {
    var random = Generator(state: UInt64(seed))
    let files = try DefinitionTemplate.files(name: "sales")
    let project = try TestProject(["reports/sales.sql": files.sql, "reports/sales.yaml": files.yaml])
    var broken = 0
    for number in 0..<200 {
      let text = number % 2 == 0 ? files.test : Self.tests
      try project.write("reports/sales.test.yaml", Self.mutated(text, &random))
      let loaded = project.loadTests()
      if loaded.value.isEmpty { broken += 1 }
      #expect(loaded.value.isEmpty == loaded.hasErrors)
      for diagnostic in loaded.diagnostics {
        #expect(!diagnostic.message.contains("\n"), "\(diagnostic)")
        #expect(diagnostic.place?.line ?? 1 > 0 && diagnostic.place?.column ?? 1 > 0)
      }
      for test in loaded.value.flatMap(\.tests) { #expect(!test.name.isEmpty && !test.intervals.isEmpty) }
    }
    #expect(broken > 100)
  }

  /// Every reference of a report that was accepted is a whole `:name` of its text.
  private func expectSound(_ report: Report) {
    let bytes = Array(report.query.text.utf8)
    for reference in report.query.references {
      #expect(String(decoding: bytes[reference.utf8Range], as: UTF8.self) == ":" + reference.name)
    }
  }
}
