/// Identifiers and literals as libpq's `PQescapeIdentifier` and `PQescapeLiteral` write them.
///
/// Definitions are shown and planned without a connection, which those two functions need; a test compares the
/// results byte for byte with theirs. Right for UTF-8 connections only, which all of ours are.
package enum SQLQuote {
  /// Always in double quotes. PostgreSQL cuts names after 63 bytes; definitions refuse longer ones.
  package static func identifier(_ name: String) -> String { "\"" + doubled(name, UInt8(ascii: "\"")) + "\"" }

  /// In single quotes; a text with a backslash becomes ` E'…'`, which means the same under every setting.
  ///
  /// - Precondition: no NUL, which no PostgreSQL value can hold.
  package static func literal(_ text: String) -> String {
    precondition(!text.utf8.contains(0), "a NUL reached a literal")
    let quoted = doubled(text, UInt8(ascii: "'"))
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return "'" + quoted + "'" }
    return " E'" + doubled(quoted, UInt8(ascii: "\\")) + "'"
  }

  private static func doubled(_ text: String, _ special: UInt8) -> String {
    guard text.utf8.contains(special) else { return text }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + 8)
    for byte in text.utf8 {
      if byte == special { bytes.append(byte) }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
