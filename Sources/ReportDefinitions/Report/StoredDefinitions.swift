import ReportModel

/// Definitions that the ledger keeps, parsed again by this version.
package enum StoredDefinitions {
  /// The fingerprints that this version gives to stored definitions; an older version or parser may have given
  /// others.
  ///
  /// - Parameter definitions: SQL as it was written, and the keys beside it.
  /// - Returns: for each definition its fingerprint; nil for a text that this parser does not accept.
  package static func fingerprints(of definitions: [(sql: String, keys: DefinitionKeys)]) -> [String?] {
    let types = TypeCache()
    let read = try? DeepStack.map(definitions) { fingerprint($0.sql, $0.keys, types) }
    return read ?? definitions.map { _ in nil }
  }

  private static func fingerprint(_ sql: String, _ keys: DefinitionKeys, _ types: TypeCache) -> String? {
    let text = SQLText(sql, role: .report) { SourcePlace(utf8Offset: $0, in: sql) }
    var analyzer = QueryAnalyzer(
      text, file: "", syntax: keys.syntax.flatMap(QuerySyntax.init) ?? .parser)
    guard let tree = analyzer.analyze()?.canonicalTree else { return nil }
    let canonical = keys.types.compactMapValues(types.canonical)
    guard canonical.count == keys.types.count else { return nil }
    return Fingerprint.of(keys, tree: tree, types: canonical)
  }
}
