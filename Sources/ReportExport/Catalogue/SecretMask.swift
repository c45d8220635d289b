/// Hides passwords of connection strings in SQL, such as those of `dblink`: a page is read by more people than a definition.
enum SecretMask {
  static let mark = "<redacted>"

  static func masked(_ sql: String) -> String {
    guard isSuspect(sql) else { return sql }
    // A value in quotes stands in a literal, so that its quotes are double.
    let setting = /((?i:password)\s*=\s*)(?:''[^']*''|[^\s'"&;\)]+)/
    let address = /(:\/\/[^\s:\/@'"]*:)[^\s@'"]+@/
    return sql.replacing(setting) { "\($0.output.1)\(mark)" }.replacing(address) { "\($0.output.1)\(mark)@" }
  }

  /// Whether a text can have a password. Most have none, and a catalogue has thousands of them.
  private static func isSuspect(_ sql: String) -> Bool {
    var sql = sql
    return sql.withUTF8 { bytes in
      bytes.indices.contains { start in
        switch bytes[start] {
        case UInt8(ascii: ":"): has("://", bytes[start...])
        case UInt8(ascii: "P"), UInt8(ascii: "p"): has("password", bytes[start...])
        default: false
        }
      }
    }
  }

  /// - Parameter word: in lower case.
  private static func has(_ word: StaticString, _ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    bytes.count >= word.utf8CodeUnitCount
      && (0..<word.utf8CodeUnitCount).allSatisfy {
        bytes[bytes.startIndex + $0] | 0x20 == word.utf8Start[$0]
      }
  }
}
