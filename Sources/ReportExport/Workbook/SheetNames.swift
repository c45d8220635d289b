/// Gives each sheet of a workbook a name that Excel takes: 1 to 31 letters, none of `[]:*?/\`, no apostrophe at an end, not
/// `History`, and unlike every other name whatever the case.
struct SheetNames {
  static let maxLetters = 31
  private static let forbidden: Set<Character> = ["[", "]", ":", "*", "?", "/", "\\"]

  private var taken: Set<String> = ["history"]

  /// - Parameter reserved: names of sheets that come later.
  init(reserved: [String]) {
    for name in reserved { taken.insert(name.lowercased()) }
  }

  /// - Parameter otherwise: for a title of which nothing is left.
  mutating func take(_ title: String, otherwise: String) -> String {
    let plain = Self.plain(title)
    let base = plain.isEmpty ? otherwise : plain
    var number = 1
    while true {
      let suffix = number == 1 ? "" : " (\(number))"
      let name = Self.shortened(base, to: Self.maxLetters - suffix.utf16.count) + suffix
      if taken.insert(name.lowercased()).inserted { return name }
      number += 1
    }
  }

  private static func plain(_ title: String) -> String {
    let allowed = title.map { character in
      forbidden.contains(character) || character.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
        ? " " : character
    }
    var words = Substring(String(allowed).split(separator: " ").joined(separator: " "))
    while words.first == "'" { words.removeFirst() }
    while words.last == "'" { words.removeLast() }
    return String(words)
  }

  private static func shortened(_ name: String, to letters: Int) -> String {
    guard name.utf16.count > letters else { return name }
    var short = ""
    for character in name where (short + String(character)).utf16.count < letters { short.append(character) }
    while short.last == " " || short.last == "'" { short.removeLast() }
    return short + "…"
  }
}
