import ContentDigest
import ReportModel

/// What a definition means for the rows it gives, as 64 hexadecimal digits.
///
/// SHA-256 over lines of text: the parse tree without its places but with its constants, and of the metadata those
/// keys that change rows: `as`, `table`, `time_column`, `unique_key`, `delete`, `period`, the columns' types, the
/// parameters' types and defaults. White space, comments, titles, checks and exports change nothing.
enum Fingerprint {
  /// - Parameter types: the canonical text of each declared type, by column.
  static func of(_ keys: DefinitionKeys, tree: String, types: [String: String]) -> String {
    var lines = [
      "reportgen 1", "tree " + tree, "as " + keys.kind, "table " + (keys.table ?? ""),
      "time_column " + quoted(keys.timeColumn.map { [$0] } ?? []),
      "unique_key " + quoted(keys.uniqueKey), "delete \(keys.deletesInterval)", "period " + keys.period,
    ]
    for (column, type) in types.sorted(by: { $0.key < $1.key }) {
      lines.append("type \(SQLQuote.identifier(column)) \(type)")
    }
    for parameter in keys.parameters {
      lines.append(
        "parameter \(parameter.name) \(parameter.type) \(parameter.isList) \(parameter.literal ?? "")")
    }
    return SHA256Digest.hex(of: lines.joined(separator: "\n"))
  }

  private static func quoted(_ names: [String]) -> String {
    names.map(SQLQuote.identifier).joined(separator: ",")
  }
}

/// Definitions as the ledger keeps them, read by the parser of this version.
package enum StoredDefinitions {
  /// The fingerprint that a stored definition has today: another parser or another version writes its tree otherwise.
  ///
  /// - Parameter definitions: SQL as it was written, and the keys beside it.
  /// - Returns: for each definition its fingerprint; nil for a text that this parser does not take any more.
  package static func fingerprints(of definitions: [(sql: String, keys: DefinitionKeys)]) -> [String?] {
    let types = TypeCache()
    let read = try? DeepStack.map(definitions) { fingerprint($0.sql, $0.keys, types) }
    return read ?? definitions.map { _ in nil }
  }

  private static func fingerprint(_ sql: String, _ keys: DefinitionKeys, _ types: TypeCache) -> String? {
    let text = SQLText(sql, role: .report) { SourcePlace(utf8Offset: $0, in: sql) }
    var analyzer = QueryAnalyzer(text, file: "")
    guard let tree = analyzer.analyze()?.canonicalTree else { return nil }
    let canonical = keys.types.compactMapValues(types.canonical)
    guard canonical.count == keys.types.count else { return nil }
    return Fingerprint.of(keys, tree: tree, types: canonical)
  }
}
