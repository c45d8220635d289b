import ReportModel

/// Compares a YAML file with its table of keys and reports every difference.
struct ShapeChecker {
  var findings: Findings

  mutating func check(_ root: YAMLNode, _ table: KeyTable) {
    guard root.entries != nil else {
      findings.add(.error, "the file must be a mapping, but is \(shown(root))", at: root.place)
      return
    }
    checkMap(root, table, label: nil, place: SourcePlace(line: 1))
  }

  // MARK: Mappings

  private mutating func checkMap(_ node: YAMLNode, _ table: KeyTable, label: String?, place: SourcePlace) {
    for entry in node.entries ?? [] {
      guard let key = table[entry.key] else {
        refuseKey(entry, table, label)
        continue
      }
      check(entry.value, key.shape, label: "\"\(key.name)\"", hint: key.note, keyPlace: entry.keyPlace)
    }
    for key in table.keys where key.isRequired && node[key.name] == nil {
      findings.add(.error, "key \"\(key.name)\" is missing" + inside(label), hint: addition(key), at: place)
    }
    checkRule(node, table, label: label, place: place)
  }

  private mutating func refuseKey(_ entry: YAMLEntry, _ table: KeyTable, _ label: String?) {
    let names = table.keys.map(\.name)
    findings.add(
      .error, "unrecognized key \"\(excerpt(entry.key))\"",
      hint: Suggestion.hint(for: entry.key, among: names)
        ?? "Keys\(label.map { " of \($0)" } ?? "") are \(quotedList(names, limit: 20)).",
      at: entry.keyPlace)
  }

  private mutating func checkRule(_ node: YAMLNode, _ table: KeyTable, label: String?, place: SourcePlace) {
    let entries = node.entries ?? []
    let names = table.keys.map(\.name)
    switch table.rule {
    case .any: break
    case .exactlyOne:
      if entries.count > 1 {
        findings.add(
          .error, "\(label ?? "the mapping") has more than one key",
          hint: "Begin each with a dash of its own.", at: entries[1].keyPlace)
      } else if entries.isEmpty {
        findings.add(
          .error, "\(label ?? "the mapping") is empty", hint: "Write one of \(quotedList(names)).", at: place)
      }
    case .needsOne(let needed):
      if !needed.contains(where: { node[$0] != nil }) {
        let names = quotedList(needed)
        findings.add(
          .error,
          "\(label ?? "the mapping") needs \(needed.count == 2 ? "\(names) or both" : "one of \(names)")",
          at: place)
      }
    }
  }

  private func addition(_ key: KeyTable.Key) -> String {
    let isWord = !(key.note.dropFirst().first?.isUppercase ?? true)
    return "Add \"\(key.name)\": "
      + (isWord ? key.note.prefix(1).lowercased() + key.note.dropFirst() : key.note)
  }

  private func inside(_ label: String?) -> String { label.map { " in \($0)" } ?? "" }

  // MARK: Values

  private mutating func check(
    _ node: YAMLNode, _ shape: Shape, label: String, hint: String, keyPlace: SourcePlace
  ) {
    if isScalar(node), node.text?.utf8.contains(0) ?? false {
      return findings.add(.error, "\(label) has a NUL, which no value can hold", at: node.place)
    }
    switch shape {
    case .either(let shapes):
      if let match = shapes.first(where: { hasKind(node, of: $0) }) {
        // The error for a scalar that fits no alternative names all of them.
        let narrowed = isScalar(node) ? shape : match
        if isScalar(node) {
          if !shapes.contains(where: { accepts(node, $0) }) { refuse(node, narrowed, label, hint) }
        } else {
          check(node, match, label: label, hint: hint, keyPlace: keyPlace)
        }
      } else {
        refuse(node, shape, label, hint)
      }
    case .map(let table):
      guard node.entries != nil else { return refuse(node, shape, label, hint) }
      checkMap(node, table, label: label, place: keyPlace)
    case .named(let format, let inner):
      guard let entries = node.entries else { return refuse(node, shape, label, hint) }
      for entry in entries { checkNamed(entry, format, inner) }
    case .list(let inner, let minimum, let unique):
      guard let items = node.items else { return refuse(node, shape, label, hint) }
      if items.count < minimum {
        findings.add(
          .error, "\(label) is an empty list", hint: hint.isEmpty ? nil : hint, at: node.place)
      }
      for (index, item) in items.enumerated() {
        check(item, inner, label: "item \(index + 1) of \(label)", hint: hint, keyPlace: item.place)
      }
      if unique { refuseTwins(items, label) }
    default:
      if !accepts(node, shape) { refuse(node, shape, label, hint) }
    }
  }

  private mutating func checkNamed(_ entry: YAMLEntry, _ format: Shape.Format, _ inner: Shape) {
    let label = "\"\(excerpt(entry.key))\""
    if !format.isValid(entry.key) {
      findings.add(.error, "\(label) is not \(format.expected)", at: entry.keyPlace)
    }
    check(entry.value, inner, label: label, hint: "", keyPlace: entry.keyPlace)
  }

  private mutating func refuseTwins(_ items: [YAMLNode], _ label: String) {
    var seen = Set<String>()
    for item in items {
      let shown = item.text ?? item.items.map { _ in "[" + item.texts.joined(separator: ", ") + "]" }
      if let shown, !seen.insert(shown).inserted {
        findings.add(.error, "\"\(excerpt(shown))\" is twice in \(label)", at: item.place)
      }
    }
  }

  private mutating func refuse(_ node: YAMLNode, _ shape: Shape, _ label: String, _ hint: String) {
    var advice = hint.isEmpty ? nil : hint
    if case .word(let words) = shape, let text = node.text {
      advice = Suggestion.hint(for: text, among: words) ?? advice
    }
    findings.add(
      .error, "\(label) must be \(shape.expected), but is \(shown(node))", hint: advice, at: node.place)
  }

  // MARK: Decisions

  private func isScalar(_ node: YAMLNode) -> Bool { node.items == nil && node.entries == nil }

  private func hasKind(_ node: YAMLNode, of shape: Shape) -> Bool {
    switch shape {
    case .list: node.items != nil
    case .map, .named: node.entries != nil
    default: isScalar(node)
    }
  }

  private func accepts(_ node: YAMLNode, _ shape: Shape) -> Bool {
    guard isScalar(node) else { return false }
    if case .null = shape { return node.isNull }
    guard let text = node.text else { return false }
    switch shape {
    case .text: return !text.isEmpty
    case .anyText, .scalar: return true
    case .integer(let range): return node.isPlain && wholeNumber(text).map(range.contains) ?? false
    case .boolean: return node.isPlain && (text == "true" || text == "false")
    case .no: return node.isPlain && text == "false"
    case .word(let words): return words.contains(text)
    case .format(let format): return format.isValid(text)
    case .null, .list, .map, .named, .either: return false
    }
  }

  private func wholeNumber(_ text: String) -> Int? { text.hasPrefix("+") ? nil : Int(text) }

  /// Connection strings can hold a password, which no message shows.
  private func shown(_ node: YAMLNode) -> String {
    if node.items != nil { return "a list" }
    if node.entries != nil { return "a mapping" }
    guard let text = node.text, !text.isEmpty else { return "empty" }
    return text.contains("://") || text.contains("=") ? "text" : "\"\(excerpt(text))\""
  }
}
