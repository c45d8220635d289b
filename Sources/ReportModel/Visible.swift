extension String {
  /// The text as people may read it: what would move a cursor, colour a terminal, forge a line or turn the direction of
  /// writing is shown as an escape, `\x1b`, `\n`, `\u202e`.
  ///
  /// For terminals and messages only; files keep every character.
  /// - Parameter lines: a line feed and a tab are kept: the text is made of lines.
  package func visible(lines: Bool = false) -> String {
    // Most texts have nothing to escape, and none of ASCII has below 0x20 but line feeds.
    guard unicodeScalars.contains(where: { $0.isHidden }) else { return self }
    // Bytes: appending to a view of scalars copies what is there, again and again.
    var text: [UInt8] = []
    for scalar in unicodeScalars {
      switch scalar {
      case "\n" where lines, "\t" where lines: text += UTF8.encode(scalar)!
      case "\n": text += "\\n".utf8
      case "\r": text += "\\r".utf8
      case "\t": text += "\\t".utf8
      case _ where scalar.isHidden: text += scalar.escape.utf8
      default: text += UTF8.encode(scalar)!
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// JSON whose texts have the same characters as escapes of JSON, which mean the same to every program.
  package var visibleJSON: String {
    // Outside of its texts, JSON has no such character but line feeds; inside of them a line feed is escaped already.
    guard unicodeScalars.contains(where: { $0 != "\n" && $0.isHidden }) else { return self }
    var text: [UInt8] = []
    for scalar in unicodeScalars {
      if scalar != "\n", scalar.isHidden {
        text += "\\u\(scalar.hexadecimal(4))".utf8
      } else {
        text += UTF8.encode(scalar)!
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension [String] {
  /// Lines as people may read them: none is two, whatever it quotes. Ends in a line feed; empty without lines.
  package var visibleLines: String { map { $0.visible() + "\n" }.joined() }
}

extension Unicode.Scalar {
  /// A control character (C0, DEL, C1), a separator of lines or paragraphs, a control of the direction of writing, or a
  /// byte order mark. The marks and joiners that Arabic, Hebrew and emoji are written with are not among them.
  fileprivate var isHidden: Bool {
    switch value {
    case 0x20...0x7E, 0xA0...0x2027: false
    case 0...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFF9...0xFFFB: true
    default: false
    }
  }

  fileprivate var escape: String { value < 0x80 ? "\\x\(hexadecimal(2))" : "\\u\(hexadecimal(4))" }

  fileprivate func hexadecimal(_ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
