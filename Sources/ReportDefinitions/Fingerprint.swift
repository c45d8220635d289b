import ContentDigest
import ReportModel

/// What a definition means for the rows it gives, as 64 hexadecimal digits.
///
/// SHA-256 over lines of text: the parse tree without its places but with its constants, and of the metadata those
/// keys that change rows: `as`, `table`, `time_column`, `unique_key`, `delete`, `period`, the columns' types, the
/// parameters' types and defaults. White space, comments, titles, checks and exports change nothing.
enum Fingerprint {
  static func of(
    _ metadata: Metadata, _ materialization: Materialization, _ period: Period, tree: String
  ) -> String {
    var lines = [
      "reportgen 1", "tree " + tree, "as " + materialization.kind.rawValue,
      "table " + (materialization.table?.quoted ?? ""),
      "time_column " + quoted(materialization.timeColumn.map { [$0] } ?? []),
      "unique_key " + quoted(materialization.uniqueKey), "delete \(materialization.deletesInterval)",
      "period " + period.rawValue,
    ]
    for (column, type) in metadata.canonicalTypes.sorted(by: { $0.key < $1.key }) {
      lines.append("type \(SQLQuote.identifier(column)) \(type)")
    }
    for parameter in metadata.parameters.sorted(by: { $0.name < $1.name }) {
      let value = parameter.defaultValue.map(parameter.literal) ?? ""
      lines.append("parameter \(parameter.name) \(parameter.type.rawValue) \(parameter.isList) \(value)")
    }
    return SHA256Digest.hex(of: lines.joined(separator: "\n"))
  }

  private static func quoted(_ names: [String]) -> String {
    names.map(SQLQuote.identifier).joined(separator: ",")
  }
}
