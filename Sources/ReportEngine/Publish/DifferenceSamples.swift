import ReportLedger
import ReportModel

/// The statements that show some of the rows that a publish would add, change or remove: the first by their key.
///
/// Pure text. A row is shown by its key, or whole where it has none. Values come as the text that PostgreSQL casts
/// them to, cut to `maxCharacters`, so that a sample is small whatever the row holds.
struct DifferenceSamples: Hashable, Sendable {
  let statements: PublishStatements

  /// Columns whose values name a row.
  var shown: [String] { statements.key.isEmpty ? statements.columns : statements.key }

  /// For `append`, and where there is no table to compare with.
  var allStaged: String {
    "SELECT \(values(shown, of: "s")) AS key FROM \(staging) s\(order("s"))"
  }

  var added: String {
    if statements.key.isEmpty { return unkeyed("n", table: staging, id: "new_id", where: "d.old_id IS NULL") }
    return "SELECT \(values(shown, of: "s")) AS key FROM \(staging) s WHERE NOT EXISTS"
      + " (SELECT FROM \(target) t WHERE \(statements.pairing)\(statements.andScope))\(order("s"))"
  }

  var removed: String {
    if statements.key.isEmpty {
      return unkeyed("n", table: target, id: "old_id", where: "d.new_id IS NULL AND d.is_deletable")
    }
    return "SELECT \(values(shown, of: "t")) AS key FROM \(target) t"
      + " WHERE \(statements.deleteScope ?? "false")\(statements.andScope) AND NOT EXISTS"
      + " (SELECT FROM \(staging) s WHERE \(statements.pairing))\(order("t"))"
  }

  /// Key, which columns differ, and both sides' values of those. Without a key no row is changed.
  ///
  /// The few rows are chosen by their places: sorted whole, both sides' columns could be more than a row may have.
  var changed: String {
    let differs = statements.columns.map(statements.isDifferent)
    return
      "SELECT \(values(shown, of: "s")) AS key, to_json(ARRAY[\(differs.joined(separator: ", "))]) AS differs,"
      + " \(values(statements.columns, of: "t")) AS old, \(values(statements.columns, of: "s")) AS new"
      + " FROM (SELECT t.ctid AS old_id, s.ctid AS new_id FROM \(target) t JOIN \(staging) s"
      + " ON \(statements.pairing) WHERE \(statements.isDifferent)\(statements.andScope)\(order("s"))) d"
      + " JOIN \(target) t ON t.ctid = d.old_id JOIN \(staging) s ON s.ctid = d.new_id"
      + " ORDER BY \(keys("s"))"
  }

  // MARK: Pieces

  private var target: String { statements.target.quoted }
  private var staging: String { statements.staging.quoted }

  private func unkeyed(_ alias: String, table: String, id: String, where condition: String) -> String {
    "SELECT \(values(shown, of: alias)) AS key FROM \(table) \(alias)"
      + " JOIN (\(statements.unkeyedPairs)) d ON \(alias).ctid = d.\(id) WHERE \(condition)\(order(alias))"
  }

  /// A JSON list of texts and nulls: an array of PostgreSQL's would have to be parsed.
  private func values(_ columns: [String], of alias: String) -> String {
    let texts = columns.map {
      "left(\(alias).\(SQLQuote.identifier($0))::text, \(RowSample.maxCharacters + 1))"
    }
    return "to_json(ARRAY[\(texts.joined(separator: ", "))])"
  }

  /// A key has an order; whole rows have that of their text.
  private func order(_ alias: String) -> String {
    let keys = statements.key.isEmpty ? "\(statements.image(alias)) COLLATE \"C\"" : keys(alias)
    return " ORDER BY \(keys) LIMIT \(RowSamples.limit)"
  }

  private func keys(_ alias: String) -> String {
    statements.key.map { "\(alias).\(SQLQuote.identifier($0))" }.joined(separator: ", ")
  }
}
