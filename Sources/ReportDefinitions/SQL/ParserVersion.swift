/// The parser that definitions are read with.
package enum ParserVersion {
  /// The version of PostgreSQL that it is from: `15.1`.
  package static let postgres = PgQuery.fullVersion
}
