/// A value's text as a test compares it: equal when PostgreSQL considers the values equal, even if their texts differ.
///
/// Numbers of one value can be written with more or fewer zeros (1.5 is 1.50), and the blanks at the end of a
/// `character(3)` mean nothing. Everything else is compared as PostgreSQL prints it.
enum ComparedText {
  /// - Parameter type: as `format_type` writes it.
  static func of(_ text: String?, type: String) -> String? {
    guard let text else { return nil }
    if type.hasPrefix("num") { return withoutEndingZeros(text) }
    let isPadded = type == "bpchar" || type.hasPrefix("character(") && !type.hasSuffix("]")
    return isPadded ? withoutEndingBlanks(text) : text
  }

  private static func withoutEndingBlanks(_ text: String) -> String {
    var text = text
    while text.unicodeScalars.last == " " { text.unicodeScalars.removeLast() }
    return text
  }

  /// Of each number in the text: a value of `numeric`, an array or a range of them.
  static func withoutEndingZeros(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: ".")) else { return text }
    var result: [UInt8] = []
    var number: [UInt8] = []
    func flush() {
      if number.contains(UInt8(ascii: ".")) {
        while number.last == UInt8(ascii: "0") { number.removeLast() }
        if number.last == UInt8(ascii: ".") { number.removeLast() }
      }
      result += number
      number = []
    }
    for byte in text.utf8 {
      if byte == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        number.append(byte)
      } else {
        flush()
        result.append(byte)
      }
    }
    flush()
    return String(decoding: result, as: UTF8.self)
  }
}
