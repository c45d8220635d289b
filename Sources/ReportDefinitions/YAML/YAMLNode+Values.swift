extension YAMLNode {
  /// The texts of a list's items; empty for anything else.
  var texts: [String] { (items ?? []).compactMap(\.text) }

  var integer: Int? { text.flatMap { Int($0) } }

  func word<Word: RawRepresentable<String>>() -> Word? { text.flatMap(Word.init) }

  /// For `but is …`.
  var shown: String {
    items != nil ? "a list" : entries != nil ? "a mapping" : "\"\(excerpt(text ?? ""))\""
  }
}
