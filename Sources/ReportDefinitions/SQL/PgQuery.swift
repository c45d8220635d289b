import CPgQuery
import Glibc

/// PostgreSQL's own scanner and parser. Both run deep recursions: call them on a `DeepStack` thread only.
enum PgQuery {
  /// The major version of PostgreSQL that the parser is from.
  static let version = Int(PG_MAJORVERSION) ?? 15
  /// The same with its minor version: `15.1`.
  static let fullVersion = PG_VERSION

  struct Failure: Error {
    var message: String
    /// 0-based, in characters of the text that was parsed; nil when the parser names no place.
    var characterOffset: Int?
  }

  /// One token, by its UTF-8 offsets.
  struct Token {
    var start = 0
    var end = 0
    var kind = 0
    /// 0 unless the token is a keyword.
    var keyword = 0

    // The parser's numbers; single characters are their ASCII codes.
    static let identifier = 258
    static let unicodeIdentifier = 259
    static let string = 261
    static let unicodeString = 262
    static let number = 260
    static let integer = 266
    static let dollarParameter = 267
    static let lineComment = 275
    static let blockComment = 276
    static let colon = 58
    static let semicolon = 59

    var isComment: Bool { kind == Self.lineComment || kind == Self.blockComment }
  }

  /// More than a statement written by people has. The parser's time and memory grow with the tokens, and its memory is
  /// 300 times the text of a long sum.
  static let tokenLimit = 50_000
  /// Of `/*` in one run of operator characters.
  static let commentLimit = 50

  /// - Parameter sql: without NUL, which would end the text silently.
  /// - Throws: what the scanner says; before and after it, that the text is too much for the parser.
  static func scan(_ sql: String) throws(Failure) -> [Token] {
    if let offset = CommentRun(limit: commentLimit).offset(in: sql) {
      throw Failure(
        message:
          "more than \(commentLimit) comments begin inside of each other, or without a space between them",
        characterOffset: offset)
    }
    let result = pg_query_scan(sql)
    defer { pg_query_free_scan_result(result) }
    if let error = result.error { throw Failure(error) }
    let tokens = tokens(UnsafeRawBufferPointer(start: result.pbuf.data, count: result.pbuf.len))
    guard tokens.count <= tokenLimit else {
      throw Failure(
        message: "SQL has more than \(tokenLimit) words, numbers and signs; keep data in tables",
        characterOffset: sql.utf8.prefix(tokens[tokenLimit].start).reduce(0) {
          $0 + ($1 & 0xC0 == 0x80 ? 0 : 1)
        })
    }
    return tokens
  }

  static func parse(_ sql: String) throws(Failure) -> ParseTree {
    let result = pg_query_parse(sql)
    defer { pg_query_free_parse_result(result) }
    if let error = result.error { throw Failure(error) }
    return ParseTree(json: UnsafeRawBufferPointer(start: result.parse_tree, count: strlen(result.parse_tree)))
  }

  /// Parses without making a tree.
  static func check(_ sql: String) throws(Failure) {
    let result = pg_query_split_with_parser(sql)
    defer { pg_query_free_split_result(result) }
    if let error = result.error { throw Failure(error) }
  }

  /// Reads `ScanResult{1: version, 2: token{1: start, 2: end, 4: kind, 5: keyword}}`: a few lines instead of a
  /// dependency on protobuf-c, whose headers libpg-query-dev does not bring.
  private static func tokens(_ bytes: UnsafeRawBufferPointer) -> [Token] {
    var position = 0
    func varint() -> Int {
      var value = 0
      var shift = 0
      while true {
        let byte = Int(bytes[position])
        position += 1
        value |= (byte & 127) << shift
        if byte < 128 { return value }
        shift += 7
      }
    }
    var tokens: [Token] = []
    while position < bytes.count, tokens.count <= tokenLimit {
      guard varint() == 0x12 else {
        _ = varint()
        continue
      }
      let count = varint()
      let end = position + count
      var token = Token()
      while position < end {
        let field = varint()
        let value = varint()
        switch field >> 3 {
        case 1: token.start = value
        case 2: token.end = value
        case 4: token.kind = value
        case 5: token.keyword = value
        default: break
        }
      }
      tokens.append(token)
    }
    return tokens
  }
}

extension PgQuery.Failure {
  fileprivate init(_ error: UnsafeMutablePointer<PgQueryError>) {
    message = String(cString: error.pointee.message)
    characterOffset = error.pointee.cursorpos > 0 ? Int(error.pointee.cursorpos) - 1 : nil
  }
}
