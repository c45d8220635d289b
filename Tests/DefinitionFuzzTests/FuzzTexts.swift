import Foundation
import TestSupport

@testable import ReportDefinitions

/// Makes texts of definitions: from the grammar of their keys, and by changes to real ones.
struct FuzzTexts {
  var random: SplitMix64
  /// How long a text may become by repetition, in bytes.
  let limitBytes: Int
  /// The project's own files, by how their names end.
  let real: [String: [String]]

  /// - Parameter project: the folder of a project with definitions, tests, dashboards and translations.
  init(seed: UInt64, limitBytes: Int, project: String) throws {
    random = SplitMix64(state: seed)
    self.limitBytes = limitBytes
    var real: [String: [String]] = [:]
    for (kind, folder, end) in [
      ("sql", "reports", ".sql"), ("test", "reports", ".test.yaml"), ("yaml", "reports", ".yaml"),
      ("dashboard", "reports/dashboards", ".yaml"), ("locale", "locales", ".yaml"),
    ] {
      let names = try FileManager.default.contentsOfDirectory(atPath: project + "/" + folder).sorted()
      for name in names where name.hasSuffix(end) && (kind != "yaml" || !name.hasSuffix(".test.yaml")) {
        real[kind, default: []].append(
          try String(contentsOfFile: project + "/" + folder + "/" + name, encoding: .utf8))
      }
    }
    self.real = real
  }

  // MARK: Texts

  /// - Parameter kind: `sql`, `yaml`, `test`, `dashboard`, `locale`.
  mutating func text(_ kind: String) -> [UInt8] {
    let base: String
    if chance(2), kind != "locale" {
      switch kind {
      case "sql": base = select(4)
      case "test": base = lines(of: TestKeys.root)
      case "dashboard": base = lines(of: DashboardKeys.root)
      default: base = lines(of: ReportKeys.root)
      }
    } else {
      base = pick(real[kind] ?? [""])
    }
    return chance(5)
      ? Array(base.utf8) : changed(Array(base.utf8), pieces: kind == "sql" ? Self.sql : Self.yaml)
  }

  /// A text that no change has made wrong.
  mutating func whole(_ kind: String) -> [UInt8] { Array(pick(real[kind] ?? [""]).utf8) }

  // MARK: Changes

  private static let common = [
    ":", "'", "\"", ";", "(", ")", "[", "]", "{", "}", ",", "\\", "\0", "\u{FEFF}", "é", "🙂", "\r\n", "\t",
    "\n",
    "9999999999999999999999", "\u{1B}[31m", "\u{202E}", "\u{85}", "\u{2028}", "%", "-1", "1e999", "null",
  ]
  private static let sql =
    common + [
      "::", ":x", "$$", "$a$", "--", "/*", "*/", "/**/", " U&'", " E'\\", "$1", ":staging", ":start",
      " with ",
      " select ", " union all ", "(select 1)", "*", "+1", "::text", "a.", " not ", " case when ", " end ",
      "[1]",
      " collate \"C\"", " over (", " lateral ", " from s.t", "/*+", "#>>", " is null",
    ]
  private static let yaml =
    common + [
      "&a ", "*a", "*a, ", "<<: ", "? ", "- ", "|", ">", "!!int ", "!!binary ", "#", "~", "- - -", "@", "`",
      "---\n", "...\n",
      "  ", "a: &b [*a, *a]\n", "{a: ", "[*a,*a,*a]", "title: x\n", "%YAML 9.9\n", "materialize:", "true",
      "0x1F", "=",
    ]

  private mutating func changed(_ text: [UInt8], pieces: [String]) -> [UInt8] {
    var bytes = text
    for _ in 0..<number(1...4) {
      let start = number(0...bytes.count)
      let end = min(bytes.count, start + number(0...(chance(4) ? 200 : 8)))
      switch number(0...6) {
      case 0: bytes.removeSubrange(start..<end)
      case 1: bytes.insert(contentsOf: Array(bytes[start..<end]), at: number(0...bytes.count))
      case 2 where start < bytes.count: bytes[start] = UInt8(number(0...255))
      case 3 where chance(3): bytes.insert(contentsOf: repeated(pieces), at: start)
      default: bytes.insert(contentsOf: Array(pick(pieces).utf8), at: start)
      }
    }
    return bytes
  }

  /// Some pieces again and again: what is quadratic or deep shows here.
  private mutating func repeated(_ pieces: [String]) -> [UInt8] {
    let unit = (0..<number(1...3)).map { _ in pick(pieces) }.joined()
    let bytes = chance(3) ? limitBytes : number(10...2000)
    return Array(String(repeating: unit, count: max(1, bytes / max(unit.utf8.count, 1))).utf8)
  }

  // MARK: YAML by its keys

  private mutating func lines(of table: KeyTable) -> String {
    var keys = table.keys.filter { $0.isRequired || chance(3) }
    keys.shuffle(using: &random)
    return keys.map { "\($0.name): \(value($0.shape, 5))\n" }.joined()
  }

  private static let words = [
    "a", "day", "amount", "reports.t", "s.t", "2024-01-01", "2024-02-30", "60s", "26h", "3 years", "text",
    "numeric(10,2)",
    "integer[]", "day desc", "sales-daily/revenue", "sales-daily", "sum(a)", "count(*)",
    "select 1 as a from :staging",
    "a > 0", "Europe/Moscow", "ru", "line", "x y", "", "ж", "x\ny", "a,b\n1,\"2\n", ":x", "1+1", "a::int",
    ";", "a, b\n1, 2",
  ]

  /// In flow style, on one line.
  private mutating func value(_ shape: Shape, _ depth: Int) -> String {
    guard depth > 0, !chance(25) else { return quoted(pick(Self.words)) }
    switch shape {
    case .text, .anyText, .scalar: return quoted(pick(Self.words))
    case .null: return "null"
    case .integer(let range):
      return "\(chance(5) ? number(-1...100_000) : min(range.upperBound, range.lowerBound + 3))"
    case .boolean: return chance(2) ? "true" : "false"
    case .no: return "false"
    case .word(let words): return quoted(pick(words))
    case .format(let format):
      let fitting = Self.words.filter(format.isValid)
      return quoted(pick(fitting.isEmpty ? Self.words : fitting))
    case .list(let item, _, _):
      return "[" + (0..<number(0...3)).map { _ in value(item, depth - 1) }.joined(separator: ", ") + "]"
    case .map(let table):
      var keys = table.keys.filter { $0.isRequired || chance(3) }
      if case .exactlyOne = table.rule { keys = [pick(table.keys)] }
      return "{" + keys.map { "\($0.name): \(value($0.shape, depth - 1))" }.joined(separator: ", ") + "}"
    case .named(let format, let inner):
      let fitting = Self.words.filter { format.isValid($0) && !$0.contains("\n") }
      let names = Set((0..<number(0...3)).map { _ in pick(fitting.isEmpty ? ["a", "b"] : fitting) }).sorted()
      return "{" + names.map { "\(quoted($0)): \(value(inner, depth - 1))" }.joined(separator: ", ") + "}"
    case .either(let shapes): return value(pick(shapes), depth - 1)
    }
  }

  private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      + "\""
  }

  // MARK: SQL

  private mutating func select(_ depth: Int) -> String {
    let columns = (0..<number(1...4)).map { "\(expression(depth)) as c\($0)" }.joined(separator: ", ")
    var text =
      "select \(columns) from \(pick(["s.t", "s.t as x", "s.t join s.u using (a)", "pg_catalog.generate_series(1, 3) as a"]))"
    if chance(2) { text += " where \(expression(depth))" }
    if chance(4) { text += " group by 1" }
    if chance(4) { text += " order by c0 limit 3" }
    if chance(6), depth > 1 { text += " union all " + select(depth - 1) }
    return chance(8) ? "with w as (\(text)) select w.c0 from w" : text
  }

  private mutating func expression(_ depth: Int) -> String {
    guard depth > 0 else {
      return pick(["t.a", "1", "'x'", "null", ":start", ":region", "current_date", "x.b", "-7.5"])
    }
    let (left, right) = (expression(depth - 1), expression(depth - 1))
    switch number(0...9) {
    case 0: return "(\(left) + \(right))"
    case 1: return "\(left)::\(pick(["int", "text", "date", "numeric(10,2)", "t[]"]))"
    case 2: return "case when \(left) then \(right) else null end"
    case 3:
      return "\(pick(["sum", "lower", "pg_catalog.now", "string_agg", "row_number"]))(\(left), \(right))"
    case 4: return "\(left) in (\(right), \(left))"
    case 5: return "(select \(right) from s.u limit 1)"
    case 6: return "array[\(left), \(right)]"
    case 7: return "exists (select from s.u where \(left))"
    case 8: return "extract(day from \(left))"
    default: return "\(left) || \(right)"
    }
  }

  // MARK: Chance

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  /// Once in so many times.
  mutating func chance(_ times: Int) -> Bool { number(1...times) == 1 }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[number(0...elements.count - 1)]
  }
}
