/// A report's SQL with its `:name` places, ready to be filled in.
///
/// Nothing but whole typed literals is ever put in, so the text that runs has the structure that was parsed.
package struct QueryText: Hashable, Sendable {
  /// One `:name`, by its UTF-8 offsets in `text`, colon included.
  package struct Reference: Hashable, Sendable {
    /// Without the colon; `start`, `end` and `staging` are reportgen's own.
    package var name: String
    package var utf8Range: Range<Int>
    /// It is compared with something else, or cast to a date or a timestamp: a literal without a type has the right one.
    package var adapts: Bool

    package init(name: String, utf8Range: Range<Int>, adapts: Bool = false) {
      self.name = name
      self.utf8Range = utf8Range
      self.adapts = adapts
    }
  }

  /// The SQL that takes the place of a `:name`.
  package struct Literal: Hashable, Sendable, ExpressibleByStringInterpolation {
    package var typed: String
    /// For references that adapt, where a literal of one type would lose what another type tells apart; nil for `typed`.
    package var untyped: String?

    package init(_ typed: String, untyped: String? = nil) {
      self.typed = typed
      self.untyped = untyped
    }

    package init(stringLiteral text: String) { self.init(text) }
  }

  /// The file's text up to the statement's end, without the final semicolon.
  package var text: String
  /// In the order of the text.
  package var references: [Reference]

  package init(text: String, references: [Reference]) {
    self.text = text
    self.references = references
  }

  /// - Parameter literals: SQL for each name; a reference without one stays as it stands.
  package func filled(_ literals: [String: Literal]) -> FilledQuery {
    let bytes = Array(text.utf8)
    var sql: [UInt8] = []
    var pieces: [FilledQuery.Piece] = []
    var position = 0
    func append(_ part: ArraySlice<UInt8>, at source: Int, isLiteral: Bool) {
      pieces.append(.init(filledStart: sql.count, sourceStart: source, isLiteral: isLiteral))
      sql.append(contentsOf: part)
    }
    for reference in references {
      append(bytes[position..<reference.utf8Range.lowerBound], at: position, isLiteral: false)
      if let literal = literals[reference.name] {
        let sql = reference.adapts ? literal.untyped ?? literal.typed : literal.typed
        append(ArraySlice(sql.utf8), at: reference.utf8Range.lowerBound, isLiteral: true)
      } else {
        append(bytes[reference.utf8Range], at: reference.utf8Range.lowerBound, isLiteral: false)
      }
      position = reference.utf8Range.upperBound
    }
    append(bytes[position...], at: position, isLiteral: false)
    return FilledQuery(sql: String(decoding: sql, as: UTF8.self), source: text, pieces: pieces)
  }
}

/// A query with its literals filled in, and the way back from its positions to those of the file.
package struct FilledQuery: Hashable, Sendable {
  struct Piece: Hashable, Sendable {
    var filledStart: Int
    var sourceStart: Int
    var isLiteral: Bool
  }

  /// The text to send to the server.
  package let sql: String
  let source: String
  let pieces: [Piece]

  /// Where the server's error stands in the file.
  ///
  /// - Parameters:
  ///   - serverPosition: 1-based, in characters, of the text that was sent (`PG_DIAG_STATEMENT_POSITION`).
  ///   - prefix: what was sent before `sql`, `COPY (` for one.
  /// - Returns: 1-based line and column (characters); nil when the place is outside of the file's text, since a wrong
  ///   line is worse than none.
  package func sourcePlace(serverPosition: Int, prefix: String) -> SourcePlace? {
    let characters = serverPosition - 1 - prefix.unicodeScalars.count
    let scalars = sql.unicodeScalars
    guard characters >= 0, characters < scalars.count else { return nil }
    let index = scalars.index(scalars.startIndex, offsetBy: characters)
    let offset = sql.utf8.distance(from: sql.startIndex, to: index)
    guard let piece = pieces.last(where: { $0.filledStart <= offset }) else { return nil }
    let sourceOffset = piece.isLiteral ? piece.sourceStart : piece.sourceStart + offset - piece.filledStart
    return SourcePlace(utf8Offset: sourceOffset, in: source)
  }
}
