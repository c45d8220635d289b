import ReportModel

/// Syntax that PostgreSQL has had since a version newer than the parser of definitions.
///
/// Found where that parser stops, so a query that it reads is never said to be too new.
struct NewerSyntax: Hashable {
  var construct: String
  /// The first major version that has it.
  var version: Int

  var message: String {
    "\(construct) is syntax of PostgreSQL \(version), newer than the parser, which is that of \(PgQuery.version)"
  }

  func hint(_ role: SQLText.Role) -> String {
    switch role {
    case .report:
      "With \"syntax: server\" in the metadata the server parses the query; it must be PostgreSQL \(version) or newer."
    case .check, .source:
      "Write the check without it: \"syntax: server\" is for the report's own query."
    }
  }

  /// - Parameters:
  ///   - offset: where the parser stopped, in UTF-8.
  ///   - tokens: without comments; empty where the scanner stopped.
  /// - Returns: nil for a mistake that no version accepts, as far as the table knows.
  static func find(at offset: Int, _ tokens: [PgQuery.Token], in source: SQLText) -> NewerSyntax? {
    let found =
      tokens.isEmpty
      ? number(at: offset, source.bytes).map { _ in
        NewerSyntax(construct: "a number such as 1_000 or 0xFF", version: 16)
      }
      : Stop(offset, tokens, source).construct
    return found.flatMap { $0.version > PgQuery.version ? $0 : nil }
  }

  /// The token at which the parser stopped, with what stands around it.
  private struct Stop {
    private let words: [String]
    private let index: Int

    init(_ offset: Int, _ tokens: [PgQuery.Token], _ source: SQLText) {
      words = tokens.map { source.slice($0).lowercased() }
      index = tokens.firstIndex { $0.end > offset } ?? tokens.count
    }

    private func word(_ position: Int) -> String { words.indices.contains(position) ? words[position] : "" }

    var construct: NewerSyntax? {
      let (before, word, after) = (word(index - 1), word(index), word(index + 1))
      if word == "json", before == "is" || before == "not" && self.word(index - 2) == "is" {
        return NewerSyntax(construct: "IS JSON", version: 16)
      }
      if word == "local", before == "at" { return NewerSyntax(construct: "AT LOCAL", version: 17) }
      if word == "(", ["from", ",", "join", "lateral"].contains(before),
        ["select", "values", "with", "("].contains(after)
      {
        return NewerSyntax(construct: "a subquery in FROM without an alias", version: 16)
      }
      return calls.lazy.compactMap { name in Self.calls[name].flatMap { $0.1.contains(word) ? $0.0 : nil } }
        .first
    }

    /// Names in front of the parentheses that are open at the stop, the innermost first.
    private var calls: [String] {
      var open: [String] = []
      for position in words.indices.prefix(index) {
        if words[position] == "(" { open.append(word(position - 1)) }
        if words[position] == ")" { _ = open.popLast() }
      }
      return open.reversed()
    }

    /// What only the newer grammar has inside of a call's parentheses, by the function's name.
    private static let calls: [String: (NewerSyntax, Set<String>)] = {
      let query: Set = [
        "passing", "returning", "with", "without", "error", "null", "empty", "true", "false", "unknown",
        "default",
        "omit", "keep", "format", "columns", "as", "object", "array",
      ]
      let maker: Set = [
        ":", "value", "null", "absent", "with", "without", "returning", "format", "select", "values", "order",
      ]
      var calls: [String: (NewerSyntax, Set<String>)] = [
        "xmlserialize": (NewerSyntax(construct: "XMLSERIALIZE with INDENT", version: 16), ["indent", "no"])
      ]
      for name in ["json_object", "json_array", "json_objectagg", "json_arrayagg"] {
        calls[name] = (NewerSyntax(construct: name.uppercased(), version: 16), maker)
      }
      for name in [
        "json_table", "json_exists", "json_query", "json_value", "json", "json_scalar", "json_serialize",
      ] {
        calls[name] = (NewerSyntax(construct: name.uppercased(), version: 17), query)
      }
      return calls
    }()
  }

  // MARK: Numbers

  /// The text with each number that only a newer scanner reads replaced by as many zeros, so that all offsets stay.
  static func withOlderNumbers(_ text: String) -> String {
    var bytes = Array(text.utf8)
    var position = 0
    while position < bytes.count {
      if let end = number(at: position, bytes) {
        for index in position..<end { bytes[index] = UInt8(ascii: "0") }
        position = end
      } else {
        position += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The end of a number such as `1_000` or `0xFF` that begins here; nil for anything else.
  private static func number(at start: Int, _ bytes: [UInt8]) -> Int? {
    func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    func isWord(_ byte: UInt8) -> Bool {
      isDigit(byte) || (65...90).contains(byte & 0xDF) || byte == UInt8(ascii: "_") || byte >= 128
    }
    guard start < bytes.count, isDigit(bytes[start]),
      start == 0 || !isWord(bytes[start - 1]) && bytes[start - 1] != 36
    else { return nil }
    let end = bytes[start...].firstIndex { !isWord($0) } ?? bytes.count
    let word = bytes[start..<end]
    let isOfOtherBase = word.count > 2 && word.first == 48 && "xXoObB".utf8.contains(word[start + 1])
    return isOfOtherBase || word.contains(UInt8(ascii: "_")) ? end : nil
  }
}
