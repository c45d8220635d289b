/// The texts that people see in Superset, in their language: by what the definitions say.
public struct Texts: Hashable, Sendable {
  /// `ru`; nil for the definitions' own.
  public var locale: String?
  private var translations: [String: String]

  public init(locale: String? = nil, _ translations: [String: String] = [:]) {
    self.locale = locale
    self.translations = translations
  }

  /// The text itself where nobody has translated it.
  public subscript(text: String) -> String { translations[text] ?? text }

  public subscript(text: String?) -> String? { text.map { self[$0] } }

  public func has(_ text: String) -> Bool { translations[text] != nil }

  /// What was translated, sorted.
  public var originals: [String] { translations.keys.sorted() }
}
