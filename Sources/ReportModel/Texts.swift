/// Translations of the texts that people see on pages and in Superset, by the text in the definitions: `locales/LOCALE.yaml`.
package struct Texts: Hashable, Sendable {
  /// The language, such as `ru`; nil: texts are shown as the definitions have them.
  package var locale: String?
  private var translations: [String: String]

  package init(locale: String? = nil, _ translations: [String: String] = [:]) {
    self.locale = locale
    self.translations = translations
  }

  /// The translation; the text itself without one.
  package subscript(text: String) -> String { translations[text] ?? text }

  /// For texts that a definition can leave out; nil for nil.
  package subscript(text: String?) -> String? { text.map { self[$0] } }

  /// Whether the text has a translation.
  package func has(_ text: String) -> Bool { translations[text] != nil }

  /// The texts that have a translation, sorted.
  package var originals: [String] { translations.keys.sorted() }
}
