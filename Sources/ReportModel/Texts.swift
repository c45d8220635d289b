/// The texts that people see in Superset, in their language: by what the definitions say.
package struct Texts: Hashable, Sendable {
  /// `ru`; nil for the definitions' own.
  package var locale: String?
  private var translations: [String: String]

  package init(locale: String? = nil, _ translations: [String: String] = [:]) {
    self.locale = locale
    self.translations = translations
  }

  /// The text itself where nobody has translated it.
  package subscript(text: String) -> String { translations[text] ?? text }

  package subscript(text: String?) -> String? { text.map { self[$0] } }

  package func has(_ text: String) -> Bool { translations[text] != nil }

  /// What was translated, sorted.
  package var originals: [String] { translations.keys.sorted() }
}
