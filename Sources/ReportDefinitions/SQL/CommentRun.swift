/// Finds text for which PostgreSQL's scanner takes a time that grows with the square of its length.
///
/// At each `/*` the scanner reads on to the end of the operator characters and then goes back: 120 kB of `/*` take it
/// half a minute. A comment of words, or a line of stars, is one run with one beginning.
struct CommentRun {
  /// How many beginnings of comments a run may have.
  let limit: Int

  private static let operators: [Bool] = {
    var table = [Bool](repeating: false, count: 256)
    for byte in "~!@#^&|`?+-*/%<>=".utf8 { table[Int(byte)] = true }
    return table
  }()

  /// - Returns: the character with which the run begins; nil when there is no such run.
  func offset(in sql: String) -> Int? {
    var start = 0
    var begun = 0
    var last: UInt8 = 0
    var characters = 0
    for byte in sql.utf8 {
      if !Self.operators[Int(byte)] {
        begun = 0
        start = characters + 1
      } else if byte == UInt8(ascii: "*"), last == UInt8(ascii: "/") {
        begun += 1
        if begun > limit { return start }
      }
      last = byte
      if byte & 0xC0 != 0x80 { characters += 1 }
    }
    return nil
  }
}
