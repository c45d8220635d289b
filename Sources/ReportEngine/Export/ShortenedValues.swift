import ReportExport
import ReportLedger
import ReportModel

/// How a page's rows leave the server where a table has values that are longer than a page shows.
///
/// Each is shortened to what the page shows, and a field behind the others has the sizes of the whole values, so that no long
/// value is sent for a page.
struct ShortenedValues: Hashable, Sendable {
  private let relation: QualifiedName
  private let columns: [ColumnShape]

  init(_ relation: QualifiedName, _ columns: [ColumnShape]) {
    self.relation = relation
    self.columns = columns
  }

  /// SQL for whether the relation can have such values; nil where its types exclude them.
  ///
  /// A value of more than some hundred kilobytes is never inside of a row, also when it is compressed.
  var question: String? {
    guard columns.contains(where: { parts($0) != nil }) else { return nil }
    return "(SELECT c.relkind <> 'r' OR c.reltoastrelid <> 0 AND pg_relation_size(c.reltoastrelid) > 0 "
      + "FROM pg_class c WHERE c.oid = \(SQLQuote.literal(relation.quoted))::regclass)"
  }

  /// The fields of the columns, and the sizes as `position:bytes` with blanks between; NULL for none.
  var fields: [String] {
    let parts = columns.map { self.parts($0) }
    let sizes = parts.enumerated().compactMap { index, part in
      part.map { "CASE WHEN \($0.size) > \(PageContent.maxCellBytes) THEN '\(index):' || \($0.size) END" }
    }
    return zip(columns, parts).map { $1?.shown ?? "t." + SQLQuote.identifier($0.name) }
      + ["nullif(concat_ws(' ', \(sizes.joined(separator: ", "))), '')"]
  }

  /// - Returns: the beginning of a value as text, a little longer than a page shows, and the bytes of the whole; nil for a type
  ///   without long values.
  private func parts(_ column: ColumnShape) -> (shown: String, size: String)? {
    let value = "t." + SQLQuote.identifier(column.name)
    let letters = PageContent.maxCellBytes + 1
    switch column.type.prefix(while: { $0 != "(" }) {
    case "text", "character varying": return ("left(\(value), \(letters))", "octet_length(\(value))")
    case "bytea":
      return (
        "'\\x' || encode(substring(\(value), 1, \(letters / 2)), 'hex')", "2 + 2 * octet_length(\(value))"
      )
    default:
      // Numbers, times, booleans, enumerations, network addresses.
      guard !["N", "D", "T", "B", "E", "I"].contains(column.category) else { return nil }
      // Unlike a cast to text, concat gives what the type's output function gives.
      let text = "concat(\(value))"
      return ("CASE WHEN num_nulls(\(value)) = 0 THEN left(\(text), \(letters)) END", "octet_length(\(text))")
    }
  }
}
