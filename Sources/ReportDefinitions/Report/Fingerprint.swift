import ContentDigest
import ReportModel

/// Changes when a definition changes in a way that can change its rows; 64 hexadecimal digits.
///
/// SHA-256 over lines of text: the parse tree without its places but with its constants, and of the metadata those
/// keys that change rows: `as`, `table`, `time_column`, `unique_key`, `delete`, `period` with the project's `timezone`, the
/// effective `search_path`, the columns' types, the parameters' types and defaults. White space, comments, titles, checks and exports do not change it.
enum Fingerprint {
  /// - Parameter types: the canonical text of each declared type, by column.
  static func of(_ keys: DefinitionKeys, tree: String, types: [String: String]) -> String {
    var lines = [
      "reportgen 1", "tree " + tree, "as " + keys.kind, "table " + (keys.table ?? ""),
      "time_column " + quoted(keys.timeColumn.map { [$0] } ?? []),
      "unique_key " + quoted(keys.uniqueKey), "delete \(keys.deletesInterval)", "period " + keys.period,
    ]
    // The defaults add nothing, so that their projects keep the fingerprints that older versions gave.
    if let timezone = keys.timezone, timezone != "UTC" { lines.append("timezone " + timezone) }
    if let path = keys.searchPath, !path.isEmpty { lines.append("search_path " + quoted(path)) }
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
