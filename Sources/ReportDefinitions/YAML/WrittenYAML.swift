import ReportModel

/// Texts as the values of a YAML file that people go on to edit: plain where that is safe, otherwise in double quotes.
package enum WrittenYAML {
  /// One value or key.
  package static func scalar(_ text: String) -> String {
    guard !isPlain(text) else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case _ where scalar.properties.generalCategory == .control || isHidden(scalar):
        quoted += escape(scalar)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// `[a, "b c"]`
  static func list(_ texts: [String]) -> String { "[" + texts.map(scalar).joined(separator: ", ") + "]" }

  /// A text of several lines as a comment, each line behind `indent` and `# `.
  static func comment(_ text: String, indent: String = "") -> String {
    text.split(whereSeparator: \.isNewline).map { "\(indent)# \(String($0).visible())\n" }.joined()
  }

  /// Letters, digits, `_`, `-`, `.`, `/`, `=` and single spaces between them, beginning with a letter; no word that YAML reads as
  /// something else.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, isLetter(first), text.utf8.count <= 120,
      !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased())
    else { return false }
    var last = first
    for scalar in text.unicodeScalars {
      guard
        isLetter(scalar) || ("0"..."9").contains(scalar) || ["-", ".", "/", "="].contains(scalar)
          || scalar == " " && last != " "
      else { return false }
      last = scalar
    }
    return last != " "
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic && scalar.properties.generalCategory != .otherNumber
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
    default: false
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let long = scalar.value > 0xFFFF
    return (long ? "\\U" : "\\u") + String(repeating: "0", count: (long ? 8 : 4) - digits.count) + digits
  }
}
