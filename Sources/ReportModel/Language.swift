/// The language of a page or another file that people read: its words, and the translations of a project's own texts.
package struct Language: Hashable, Sendable {
  /// A tag of BCP 47, such as `ru` or `pt-BR`.
  package let code: String
  /// Translations of titles and descriptions of the definitions.
  package let texts: Texts
  private let words: [Word: [String]]
  private let rule: PluralRule

  /// Languages whose words are in the program.
  package static let builtIn = ["en", "ru"]
  package static let english = Language("en")

  /// - Parameters:
  ///   - texts: of the project.
  ///   - words: those that a file of words has; the others are the program's, in English where it does not know the
  ///     language. Each has as many forms or items as its kind and the language want.
  package init(_ code: String, texts: Texts = Texts(), words: [Word: [String]] = [:]) {
    self.code = code
    self.texts = texts
    self.words = words
    rule = PluralRule(code)
  }

  /// Whether the program has the words of a language.
  package static func isBuiltIn(_ code: String) -> Bool { builtIn.contains(base(code)) }

  /// Whether texts that the program has in English and Russian alone are shown in Russian.
  package var isRussian: Bool { Self.base(code) == "ru" }

  private static func base(_ code: String) -> String { String(code.prefix { $0 != "-" }) }

  private func forms(_ word: Word) -> (forms: [String], rule: PluralRule) {
    if let own = words[word] { return (own, rule) }
    let standard = word.standard
    return isRussian ? (standard.russian, rule) : (standard.english, .singular)
  }

  /// A word without placeholders.
  package subscript(word: Word) -> String { forms(word).forms[0] }

  /// The items of a list, such as the names of months.
  package func list(_ word: Word) -> [String] { forms(word).forms }

  /// A text with its placeholders filled in; an unknown one stays as it is.
  package func text(_ word: Word, _ values: KeyValuePairs<String, String>) -> String {
    Self.filled(self[word], values)
  }

  /// The form for a number, which fills in `{n}`, with other placeholders filled in.
  ///
  /// - Parameter number: 0 or more.
  package func count(_ word: Word, _ number: Int, _ values: KeyValuePairs<String, String> = [:]) -> String {
    let (forms, rule) = forms(word)
    let form = Self.filled(forms[rule.form(of: number)], ["n": self.number(number)])
    return Self.filled(form, values)
  }

  /// A whole number with narrow no-break spaces between thousands.
  package func number(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "\u{202F}" }
      text.append(digit)
    }
    return text
  }

  /// One pass, so that a value with braces is not filled in itself.
  private static func filled(_ text: String, _ values: KeyValuePairs<String, String>) -> String {
    var result = ""
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result += rest[..<open]
      let name = rest[rest.index(after: open)..<close]
      result += values.first { $0.key == name }?.value ?? String(rest[open...close])
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}

/// The languages of a project's files: the one of all reports, and those of reports with a `locale` of their own.
package struct Languages: Hashable, Sendable {
  package var standard: Language
  /// By their codes.
  package var others: [String: Language]

  package init(standard: Language = .english, others: [String: Language] = [:]) {
    self.standard = standard
    self.others = others
  }

  package func language(of report: Report) -> Language { report.locale.flatMap { others[$0] } ?? standard }
}
