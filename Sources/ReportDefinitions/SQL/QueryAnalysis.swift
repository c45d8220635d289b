import ReportModel

/// What the parser finds in one SELECT.
struct QueryAnalysis {
  var query: QueryText
  var reads: [TableRead]
  /// Sorted, each once.
  var calls: [CalledFunction]
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
