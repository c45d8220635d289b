import ReportModel
import TestSupport
import Testing

@testable import ReportExport

@Suite struct CSVEncoderTests {
  @Test("NULL is an empty field, and an empty text two quotes")
  func plain() throws {
    #expect(try csv("1\ta\t\\N\n2\t\tb\n", ["id", "x", "y"]) == "id,x,y\n1,a,\n2,\"\",b\n")
  }

  @Test("CRLF ends rows; line feeds in values are kept")
  func lineEndings() throws {
    #expect(try csv("a\\nb\tc\n", ["x", "y"], CSVSettings(lineEnding: .crlf)) == "x,y\r\n\"a\nb\",c\r\n")
  }

  @Test("the byte order mark precedes the header")
  func byteOrderMark() throws {
    #expect(
      try Array(csv("1\n", ["x"], CSVSettings(bom: true)).utf8) == [0xEF, 0xBB, 0xBF] + Array("x\n1\n".utf8))
  }

  @Test(
    "guard_formulas puts an apostrophe before text that a spreadsheet would evaluate",
    arguments: [
      ("=1+1", "'=1+1"), ("+7", "'+7"), ("-7", "'-7"), ("@x", "'@x"), ("\\tx", "'\tx"), ("\\rx", "\"'\rx\""),
      ("=\"a\"", "\"'=\"\"a\"\"\""), ("a=1", "a=1"), ("", "\"\""), ("\\N", ""), ("=a,b", "\"'=a,b\""),
    ])
  func formulaGuard(field: String, expected: String) throws {
    #expect(try csv(field + "\t1\n", ["x", "y"], CSVSettings(guardFormulas: true)) == "x,y\n\(expected),1\n")
  }

  @Test("guard_formulas changes names of columns, but not numbers")
  func guardedNames() throws {
    let settings = CSVSettings(guardFormulas: true)
    var encoder = try CSVEncoder(
      settings: settings, columns: [.init(name: "n", kind: .number), .init(name: "=x", kind: .text)])
    let sink = ByteCollector()
    try encoder.writeHeader(into: sink)
    try encoder.encode(Array("-5\t-5\n".utf8), into: sink)
    #expect(String(decoding: sink.bytes, as: UTF8.self) == "n,'=x\n-5,'-5\n")
  }

  @Test(
    "the presets give the bytes that Excel of the region opens correctly", arguments: ["en", "ru"])
  func excel(_ region: String) throws {
    let settings = try #require(CSVSettings.excel.first { $0.key == region }?.value)
    let kinds: [CSVEncoder.Column.Kind] = [.other, .text, .number, .number]
    let columns = zip(["День", "=item", "amount", "1.5"], kinds).map { CSVEncoder.Column(name: $0, kind: $1) }
    var encoder = try CSVEncoder(settings: settings, columns: columns)
    let sink = ByteCollector()
    try encoder.writeHeader(into: sink)
    let rows = [
      #"2026-11-22\tЧай, «чёрный»; 1.5 кг\t1234.50\t-0.5"#, #"2026-11-22 04:30:12.5\t=1+1\t1.5e-05\tNaN"#,
      #"\N\t\N\t\N\t$1,234.50"#, #"infinity\t\t7\t-1e+300"#, #"2026-11-23\t"Mug"\n1.5\t0.000\t-Infinity"#,
    ]
    try encoder.encode(
      Array((rows.joined(separator: "\n") + "\n").replacing("\\t", with: "\t").utf8), into: sink)
    #expect(sink.bytes.starts(with: [0xEF, 0xBB, 0xBF]))
    let text = String(decoding: sink.bytes, as: UTF8.self)
    let shown = text.replacing("\u{FEFF}", with: "␢").replacing("\r\n", with: "␍\n")
    try expectGolden(shown, "export/excel-\(region).txt")
  }

  @Test(
    "the guard covers what spreadsheets take for a formula, also behind blanks and with full-width signs",
    arguments: [
      ("=1", true), ("+1", true), ("-1", true), ("@x", true), ("\tx", true), ("\rx", true), ("\nx", true),
      ("\n=1", true), ("  =1", true), (" \t+1", true), ("\u{A0}=1", true), ("\u{3000}-1", true),
      ("\u{2003}@x", true),
      ("\u{FEFF}=1", true), ("\u{200B}=1", true), ("＝1", true), ("＋1", true), ("－1", true), ("＠x", true),
      (" ＝1", true),
      ("\u{B}=1", true), ("a=1", false), (" a", false), ("", false), (" ", false), ("é", false), ("ａ", false),
      ("　", false),
      ("—1", false), ("1-2", false), ("\u{3042}=", false),
    ])
  func formulas(value: String, isGuarded: Bool) throws {
    let guarded = CSVSettings(guardFormulas: true)
    let rows = CopyText.row([value, "x"])
    let plain = try csv(String(decoding: rows, as: UTF8.self), ["a", "b"])
    let result = try csv(String(decoding: rows, as: UTF8.self), ["a", "b"], guarded)
    let fields = (plain.dropFirst(4), result.dropFirst(4))
    let shown = fields.0.hasPrefix("\"") ? "\"'" + fields.0.dropFirst() : "'" + fields.0
    #expect(fields.1 == (isGuarded ? shown : String(fields.0)))
  }

  @Test("a decimal comma is quoted when it is the delimiter, and texts keep their points")
  func decimalComma() throws {
    let settings = CSVSettings(decimal: .comma)
    #expect(try csv("1.5\t2\n", ["x.y", "z"], settings, text: false) == "x.y,z\n\"1,5\",2\n")
    #expect(try csv("1.5\t2.\n", ["x.y", "z"], settings) == "x.y,z\n1.5,2.\n")
    let long = String(repeating: "9", count: 200_000)
    #expect(
      try csv("\(long).\(long)\n", ["x"], CSVSettings(delimiter: ";", decimal: .comma), text: false)
        == "x\n\(long),\(long)\n")
  }

  @Test(
    "settings that PostgreSQL refuses are refused",
    arguments: [
      (CSVSettings(delimiter: "\""), "CSV delimiter \"\"\" is not"),
      (CSVSettings(delimiter: ""), "CSV delimiter"),
      (CSVSettings(delimiter: "\n"), "CSV delimiter"),
      (CSVSettings(delimiter: "ж"), "CSV delimiter \"ж\" is not"),
      (CSVSettings(null: "a,b"), "CSV text for NULL \"a,b\" contains"),
      (CSVSettings(null: "\""), "CSV text for NULL"),
    ])
  func refusedSettings(settings: CSVSettings, message: String) {
    let error = #expect(throws: Diagnostic.self) {
      try CSVEncoder(settings: settings, columns: [.init(name: "x", kind: .text)])
    }
    #expect(error?.message.hasPrefix(message) == true)
  }

  @Test(
    "rows of another shape are an error",
    arguments: [
      ("1\n", CopyTextError.fieldCount(found: 1, expected: 2)),
      ("1\t2\t3\n", .fieldCount(found: 3, expected: 2)), ("1\t2", .truncated), ("1\t2\\\n", .truncated),
    ])
  func wrongShape(rows: String, expected: CopyTextError) throws {
    var encoder = try CSVEncoder(
      settings: CSVSettings(), columns: [.init(name: "a", kind: .text), .init(name: "b", kind: .text)])
    #expect(throws: expected) { try encoder.encode(Array(rows.utf8), into: ByteCollector()) }
    #expect(throws: expected) {
      try CopyTextDecoder(columns: 2).forEachRow(in: Array(rows.utf8)) { _ in true }
    }
  }

  @Test("a field longer than every buffer is written completely", arguments: ["", ",", "\\n", "\\\\"])
  func longFields(ending: String) throws {
    let long = String(repeating: "ж1", count: 100_000)
    let value = long + ending.replacing("\\n", with: "\n").replacing("\\\\", with: "\\")
    let quoted = [",", "\\n"].contains(ending) ? "\"\(value)\"" : value
    #expect(try csv("x\t\(long)\(ending)\ty\n", ["a", "b", "c"]) == "a,b,c\nx,\(quoted),y\n")
  }

  @Test("decoding returns the values that were encoded")
  func decoding() throws {
    let values = ["", "a\tb", "line\nfeed\r", "\\N", "\\", "\u{8}\u{B}\u{C}\u{1}", "жё", "\\."]
    try CopyTextDecoder(columns: values.count).forEachRow(in: CopyText.row(values)) { row in
      #expect((0..<row.count).map { row.text($0) } == values)
      return true
    }
    try CopyTextDecoder(columns: 2).forEachRow(in: Array("\\N\t\\\\N\n".utf8)) { row in
      #expect(row.text(0) == nil)
      #expect(row.text(1) == "\\N")
      return true
    }
  }
}
