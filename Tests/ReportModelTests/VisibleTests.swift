import ReportModel
import Testing

@Suite struct VisibleTests {
  @Test("a megabyte of hidden characters is escaped, in time that grows with its length")
  func long() {
    let text = String(repeating: "\u{FEFF}", count: 333_000)
    #expect(text.visible().utf8.count == 6 * 333_000)
    #expect(text.visibleJSON.utf8.count == 6 * 333_000)
  }

  @Test(
    "what would move a cursor, forge a line or turn the direction is shown as an escape",
    arguments: [
      ("\u{1B}[31mred\u{1B}[0m", "\\x1b[31mred\\x1b[0m"), ("a\nerror: b", "a\\nerror: b"),
      ("a\r\u{8}\u{7F}\0", "a\\r\\x08\\x7f\\x00"),
      ("\u{9B}2J\u{85}", "\\u009b2J\\u0085"), ("a\u{202E}b\u{2066}c\u{2069}", "a\\u202eb\\u2066c\\u2069"),
      ("a\u{2028}b\u{FEFF}", "a\\u2028b\\ufeff"), ("tab\there", "tab\\there"),
      ("Выручка, ж 🛒 👩‍👧 שלום\u{200F} é", "Выручка, ж 🛒 👩‍👧 שלום\u{200F} é"), ("", ""),
    ])
  func escapes(text: String, shown: String) {
    #expect(text.visible() == shown)
    #expect(text.visible().visible() == shown, "a second time changes nothing")
  }

  @Test("text of several lines keeps its lines and tabs")
  func lines() {
    #expect("a\n\tb\r\n\u{1B}c\n".visible(lines: true) == "a\n\tb\\r\n\\x1bc\n")
  }

  @Test("JSON keeps its meaning")
  func json() {
    #expect(
      "{\n  \"a\": \"\u{9B}x\u{202E}\u{7F}ж\"\n}".visibleJSON == "{\n  \"a\": \"\\u009bx\\u202e\\u007fж\"\n}")
  }

  @Test("a cell of a table stays in its line and column")
  func table() {
    #expect(alignedTable([["a", "b"], ["x\ny", "\u{1B}[2J"]]) == "a     b\nx\\ny  \\x1b[2J")
  }

  @Test("a diagnostic's message is one line, whatever is in it")
  func diagnostic() {
    let diagnostic = Diagnostic("a\nerror: forged", detail: "one\ntwo\u{1B}", hint: "h", file: "re\nport")
    #expect(
      diagnostic.description == "re\\nport: error: a\\nerror: forged\n  detail: one\n  two\\x1b\n  hint: h")
  }
}
