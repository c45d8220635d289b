import ReportModel

/// What the parser finds in one SELECT.
struct QueryAnalysis {
  var query: QueryText
  var reads: [TableRead]
  var mentions: SQLMentions
  /// With `syntax: server` in place of `reads`: every `a.b` in the text, which can be a table and its schema.
  var namedPairs: [TableRead] = []
  /// Nil with a `*`.
  var outputColumns: [String]?
  /// The tree as text without its places; equal for texts that differ in white space and comments alone.
  var canonicalTree: String
}

/// A table or view that the SQL names, and where first.
struct TableRead {
  var name: QualifiedName
  var place: SourcePlace
}
