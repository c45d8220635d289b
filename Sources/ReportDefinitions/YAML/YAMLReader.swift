import ReportModel
import Yams

/// Parses a text into a tree of `YAMLNode`, or reports why it is not YAML.
///
/// Yams neither limits aliases that multiply (a text of 300 bytes can stand for 9^9 nodes) nor says where the second
/// of two equal keys is; this reader does both.
struct YAMLReader {
  static let nodeLimit = 100_000
  /// How many times a text is read again to find the place of a second key: 50, and less the longer the text is.
  private var rereadLimit: Int { max(1, min(50, 200_000 / max(text.utf8.count, 1))) }

  private let text: String
  private(set) var findings: Findings
  /// The text has nothing but comments and white space.
  private(set) var isEmpty = false
  private var visited = 0
  /// The name and place of each key that was renamed, by its new name.
  private var renamed: [String: (name: String, place: SourcePlace)] = [:]

  init(_ text: String, file: String) {
    self.text = text
    self.findings = Findings(file: file)
  }

  /// - Returns: nil for an empty file, and after an error, which is then in `findings`.
  mutating func read() -> YAMLNode? {
    do {
      if let place = try placeOfAliasedKey() {
        findings.add(.error, "a key must be text", at: place)
        return nil
      }
      guard let node = try composeWithUniqueKeys(text) else {
        isEmpty = !findings.hasErrors
        return nil
      }
      return try convert(node)
    } catch let error as YamlError {
      report(error)
    } catch {
      findings.add(
        .error, "the file stands for more than \(Self.nodeLimit) values",
        hint: hasAliases
          ? "Its aliases repeat each other; write the values out."
          : "A definition is text written by people; keep data in tables.", at: nil)
    }
    return nil
  }

  private struct TooManyNodes: Error {}

  // MARK: Aliases

  /// There can be aliases: nothing else needs both signs, but for texts.
  private var hasAliases: Bool {
    text.utf8.contains(UInt8(ascii: "*")) && text.utf8.contains(UInt8(ascii: "&"))
  }

  /// Yams compares the keys of a mapping by their whole contents, and an alias used as a key can stand for billions
  /// of nodes. So the text is first read with words in place of aliases, to find keys that are no plain words.
  private mutating func placeOfAliasedKey() throws -> SourcePlace? {
    guard hasAliases else { return nil }
    let standIn: Unicode.Scalar = "\u{F8FF}"
    let words = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "*" ? standIn : $0 }))
    defer { renamed = [:] }
    var pending = try composeWithUniqueKeys(words).map { [$0] } ?? []
    while let node = pending.popLast() {
      pending += node.sequence.map(Array.init) ?? []
      for (key, value) in node.mapping ?? [:] {
        guard let word = key.scalar, word.string.unicodeScalars.first != standIn else {
          return key.mark.map(place)
        }
        pending.append(value)
      }
    }
    return nil
  }

  // MARK: Duplicate keys

  /// Yams names the first of two equal keys only. That one gets another name of the same length and the text is read
  /// again, so that the second one has its place in the tree.
  private mutating func composeWithUniqueKeys(_ text: String) throws -> Node? {
    var text = text
    while true {
      do {
        // Without rules every plain scalar is text, and no regular expressions run.
        return try Yams.compose(yaml: text, .basic, .default, .utf8)
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        let key = keys.first ?? ""
        var lines = YAMLLines(text)
        guard renamed.count < rereadLimit,
          let standIn = lines.renameKey(key, at: place(context.mark), number: renamed.count)
        else {
          findings.add(.error, "key \"\(excerpt(key))\" is given twice", at: place(context.mark))
          return nil
        }
        renamed[standIn] = (key, place(context.mark))
        text = lines.text
      }
    }
  }

  private mutating func reportDuplicates(_ entries: [YAMLEntry]) {
    let twins = entries.compactMap { renamed[$0.key]?.name }
    for name in Set(twins) {
      let places = entries.filter { $0.key == name || renamed[$0.key]?.name == name }.map(\.keyPlace).sorted()
      for place in places.dropFirst() {
        findings.add(
          .error, "key \"\(excerpt(name))\" is given twice",
          hint: "The first one is in line \(places[0].line).",
          at: place)
      }
    }
  }

  // MARK: Conversion

  private mutating func convert(_ node: Node) throws -> YAMLNode {
    visited += 1
    guard visited <= Self.nodeLimit else { throw TooManyNodes() }
    let place = node.mark.map(place) ?? SourcePlace(line: 1)
    if let scalar = node.scalar {
      return YAMLNode(content: .scalar(scalar.string, style(scalar)), place: place)
    }
    if let list = node.sequence {
      var items: [YAMLNode] = []
      for item in list { items.append(try convert(item)) }
      return YAMLNode(content: .list(items), place: place)
    }
    return YAMLNode(content: .map(try convertEntries(node.mapping ?? [:])), place: place)
  }

  private mutating func convertEntries(_ mapping: Node.Mapping) throws -> [YAMLEntry] {
    var entries: [YAMLEntry] = []
    for (key, value) in mapping {
      let keyPlace = key.mark.map(place) ?? SourcePlace(line: 1)
      if let name = key.scalar?.string, name == "<<" {
        findings.add(
          .error, "unrecognized key \"<<\"", hint: "Keys are not merged; write them out.", at: keyPlace)
      } else if let name = key.scalar?.string {
        entries.append(YAMLEntry(key: name, keyPlace: keyPlace, value: try convert(value)))
      } else {
        findings.add(.error, "a key must be text", at: keyPlace)
      }
    }
    guard !renamed.isEmpty else { return entries }
    reportDuplicates(entries)
    return entries.filter { renamed[$0.key] == nil }
  }

  private func style(_ scalar: Node.Scalar) -> YAMLStyle {
    switch scalar.style {
    case .singleQuoted, .doubleQuoted: .quoted
    case .literal: .literal
    case .folded: .folded
    case .any, .plain: .plain
    }
  }

  // MARK: Syntax errors

  private mutating func report(_ error: YamlError) {
    switch error {
    case .composer(_, "but found another document", let mark, _):
      findings.add(
        .error, "there is a second document", hint: "Remove the line \"---\" and what follows it.",
        at: place(mark))
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let started = context.map { " " + $0.text } ?? ""
      findings.add(
        .error, "YAML is not well-formed: \(problem)\(started)", hint: hint(problem), at: place(mark))
    case .reader(let problem, _, _, _):
      let place = placeOfControlCharacter()
      findings.add(
        .error, "YAML is not well-formed: \(problem)", hint: "Delete the invisible character.",
        at: place)
    default:
      findings.add(.error, "YAML is not well-formed: \(excerpt(error.description))", at: nil)
    }
  }

  private func hint(_ problem: String) -> String? {
    if problem.contains("mapping values are not allowed") {
      return "Put a text that contains \": \" in quotes."
    }
    if problem.contains("cannot start any token") {
      return "Put a text that begins with %, @, ` or a tab in quotes, and indent with spaces."
    }
    return nil
  }

  private func placeOfControlCharacter() -> SourcePlace? {
    var offset = 0
    for scalar in text.unicodeScalars {
      let isRefused =
        scalar.properties.generalCategory == .control && !"\t\r\n\u{85}".unicodeScalars.contains(scalar)
      if isRefused || scalar == "\u{FEFF}" || scalar.value & 0xFFFE == 0xFFFE {
        return SourcePlace(utf8Offset: offset, in: text)
      }
      offset += UTF8.width(scalar)
    }
    return nil
  }
}

private func place(_ mark: Mark) -> SourcePlace { SourcePlace(line: mark.line, column: mark.column) }
