/// Decides whether a spreadsheet would evaluate a text as a formula.
///
/// Spreadsheets skip blanks and line ends before the sign, and some of them take the full-width signs of Chinese and
/// Japanese keyboards for the plain ones.
enum FormulaGuard {
  /// - Parameter text: the bytes of the value, in UTF-8.
  static func isFormula(_ text: some Sequence<UInt8>) -> Bool {
    var bytes = text.makeIterator()
    var isFirst = true
    while let byte = bytes.next() {
      switch byte {
      case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"): return true
      // A tab or a line end at the beginning makes some programs split the field.
      case 9, 10, 13: if isFirst { return true }
      case 11, 12, 32: break
      case 0xC2, 0xE1, 0xE2, 0xE3, 0xEF:
        guard let next = bytes.next() else { return false }
        let scalar: UInt32
        if byte == 0xC2 {
          scalar = UInt32(next & 0x3F) | 0x80
        } else {
          guard let last = bytes.next() else { return false }
          scalar = UInt32(byte & 0x0F) << 12 | UInt32(next & 0x3F) << 6 | UInt32(last & 0x3F)
        }
        if fullWidthSigns.contains(scalar) { return true }
        guard isBlank(scalar) else { return false }
      default: return false
      }
      isFirst = false
    }
    return false
  }

  /// ＝ ＋ － ＠
  private static let fullWidthSigns: [UInt32] = [0xFF1D, 0xFF0B, 0xFF0D, 0xFF20]

  /// The blanks of Unicode, and what has no width at all.
  private static func isBlank(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x85, 0xA0, 0x1680, 0x2000...0x200F, 0x2028...0x202F, 0x205F...0x2064, 0x2066...0x2069, 0x3000,
      0xFEFF:
      true
    default: false
    }
  }
}
