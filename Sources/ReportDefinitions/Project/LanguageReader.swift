import ReportModel

/// Reads one file below `locales/`: translations by the text, and the program's words by their keys under `words`.
struct LanguageReader {
  private static let wordsKey = "words"

  private let locale: String
  private(set) var findings: Findings

  init(_ locale: String, file: String) {
    self.locale = locale
    findings = Findings(file: file)
  }

  /// - Parameter used: as for `ProjectLoader.loadLanguage`.
  mutating func read(_ root: YAMLNode, used: Set<String>?) -> Language {
    guard let entries = root.entries else {
      findings.add(.error, "the file must be a mapping of texts", at: root.place)
      return Language(locale, texts: Texts(locale: locale))
    }
    // A text of a definition can be "words", too.
    let words = entries.first { $0.key == Self.wordsKey && $0.value.entries != nil }
    let own = words.map { readWords($0.value) } ?? [:]
    if used != nil { warnOfMissing(own, at: words?.keyPlace) }
    let texts = readTexts(entries.filter { words == nil || $0.key != Self.wordsKey }, used)
    return Language(locale, texts: Texts(locale: locale, texts), words: own)
  }

  // MARK: Translations

  private mutating func readTexts(_ entries: [YAMLEntry], _ used: Set<String>?) -> [String: String] {
    var translations: [String: String] = [:]
    for entry in entries {
      guard let text = entry.value.text, !text.isEmpty else {
        findings.add(
          .error, "\"\(excerpt(entry.key))\" must be text", hint: "Put a number or a colon in quotes.",
          at: entry.value.place)
        continue
      }
      translations[entry.key] = text
      guard let used, !used.contains(entry.key) else { continue }
      findings.add(
        .warning, "\"\(excerpt(entry.key))\" is no text that people see",
        hint: Suggestion.hint(for: entry.key, among: used.subtracting(entries.map(\.key)).sorted())
          ?? "Remove it; keys are titles and descriptions as the definitions have them.", at: entry.keyPlace)
    }
    for text in (used ?? []).sorted() where translations[text] == nil {
      findings.add(.warning, "\"\(excerpt(text))\" is not translated", at: nil)
    }
    return translations
  }

  // MARK: Words

  private mutating func readWords(_ node: YAMLNode) -> [Word: [String]] {
    var words: [Word: [String]] = [:]
    for entry in node.entries ?? [] {
      guard let word = Word(rawValue: entry.key) else {
        findings.add(
          .error, "\"\(excerpt(entry.key))\" is none of reportgen's words",
          hint: Suggestion.hint(for: entry.key, among: Word.allCases.map(\.rawValue)), at: entry.keyPlace)
        continue
      }
      if let forms = read(word, entry.value) { words[word] = forms }
    }
    return words
  }

  private mutating func read(_ word: Word, _ node: YAMLNode) -> [String]? {
    let forms = node.items == nil ? node.text.map { [$0] } ?? [] : node.texts
    let count =
      switch word.kind {
      case .one: 1
      case .counted: PluralRule(locale).formCount
      case .list(let count): count
      }
    guard forms.count == count, forms.allSatisfy({ !$0.isEmpty }) else {
      let expected =
        switch word.kind {
        case .one: "a text"
        case .counted where count == 1: "a text with {n}"
        case .counted: "a list of \(count) forms with {n}, by the plurals of the language"
        case .list: "a list of \(count) texts"
        }
      findings.add(.error, "\"\(word.rawValue)\" must be \(expected)", at: node.place)
      return nil
    }
    let unknown = forms.flatMap(Word.placeholders).filter { !word.placeholders.contains($0) }
    if let name = unknown.first {
      let known = word.placeholders.sorted().map { "{\($0)}" }.joined(separator: ", ")
      findings.add(
        .error, "\"\(word.rawValue)\" has no placeholder {\(excerpt(name))}",
        hint: known.isEmpty ? "It has none." : "It has \(known).", at: node.place)
      return nil
    }
    return forms
  }

  /// Which words of a language that the program does not know stay English.
  private mutating func warnOfMissing(_ words: [Word: [String]], at place: SourcePlace?) {
    guard !Language.isBuiltIn(locale) else { return }
    for word in Word.allCases where words[word] == nil {
      findings.add(
        .warning, "the word \"\(word.rawValue)\" is missing: pages have it in English", at: place)
    }
  }
}
