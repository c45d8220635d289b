import PostgresClient
import ReportLedger
import ReportModel

/// The COPY by which a replica compares the rows of a query with the published ones, in one pass of both, and sends what
/// differs: rows for the staging table of `ChangeStatements`. Pure text.
///
/// Rows are paired and compared as a publish does it (`PublishStatements`). All of them are counted, and the conditions of
/// checks are looked at; a row that stays costs no more than its kind.
struct ComparisonQuery: Hashable, Sendable {
  /// Of one span; `s` are the rows of the query.
  let statements: PublishStatements
  let changes: ChangeStatements
  let scan: StagedScan
  /// Without an order.
  let query: ReportQuery

  func copyOut(_ format: CopyFormat) -> String {
    prefix + query.sql + suffix + ") TO STDOUT" + (format == .binary ? " (FORMAT binary)" : "")
  }

  /// - Parameter serverPosition: in the text of `copyOut`.
  /// - Returns: nil for a position outside of the report's own text.
  func sourcePlace(serverPosition: Int) -> SourcePlace? {
    query.sourcePlace(serverPosition: serverPosition, behind: prefix)
  }

  /// The published rows lie in the order of the key: rows of the query in that order are merged with the key's index, which
  /// is cheaper than to hash both sides. Nothing of the report's own query depends on it.
  var isInKeyOrder = false

  private var order: String {
    guard isInKeyOrder else { return "" }
    return " ORDER BY " + statements.key.map { "q." + SQLQuote.identifier($0) }.joined(separator: ", ")
  }

  private typealias Kind = ChangeStatements.Kind

  private var bucket: String { statements.ownName("bucket") }
  private var isNew: String { statements.ownName("is_new") }
  private var deletable: String { statements.ownName("is_deletable") }
  private var broken: [String] { scan.conditions.indices.map { statements.ownName("broken_\($0 + 1)") } }
  private var columns: [String] { statements.columns.map(SQLQuote.identifier) }

  private var kind: String {
    """
    (CASE WHEN s.\(isNew) IS NULL THEN CASE WHEN t.\(deletable) THEN \(Kind.removed.literal) ELSE \(Kind.kept.literal) END
        WHEN t.\(changes.oldPlace) IS NULL THEN \(Kind.added.literal)
        WHEN \(statements.isDifferent) THEN \(Kind.changed.literal) ELSE \(Kind.equal.literal) END)::"char"
    """
  }

  private static func list(_ kinds: Kind...) -> String {
    "(\(kinds.map(\.literal).joined(separator: ", ")))"
  }

  /// Only the values of rows that are sent are kept until all rows are compared. The inner query stands for itself, so
  /// that each row is compared once and not once for each column.
  private var prefix: String {
    let isSent = "c.\(changes.kind) \(Kind.isSent)"
    let places = [changes.oldPlace, changes.oldWriter].map { "CASE WHEN \(isSent) THEN c.\($0) END AS \($0)" }
    let values = columns.map { "CASE WHEN \(isSent) THEN c.\($0) END AS \($0)" }
    let conditions = zip(scan.conditions, broken).map { "s.\(isNew) AND (\($0.violated)) AS \($1)" }
    let kept = ["c.\(changes.kind)", "c.\(bucket)"] + broken.map { "c.\($0)" } + places + values
    let compared =
      ["\(kind) AS \(changes.kind)", "\(scan.bucket) AS \(bucket)"] + conditions
      + [changes.oldPlace, changes.oldWriter].map { "t.\($0)" } + columns.map { "s.\($0)" }
    return """
      COPY (
      WITH compared AS MATERIALIZED (
        SELECT \(kept.joined(separator: ", "))
        FROM (SELECT \(compared.joined(separator: ", "))
          FROM (SELECT t.ctid AS \(changes.oldPlace), t.xmin AS \(changes.oldWriter), \(statements.deleteScope ?? "false") AS \(deletable), \(statements.list("t."))
            FROM \(statements.target.quoted) t\(statements.whereScope)) t
          FULL JOIN (SELECT true AS \(isNew), \(columns.map { "q." + $0 }.joined(separator: ", ")) FROM (

      """
  }

  private var suffix: String {
    let sent = ["c.\(changes.kind)", "c.\(changes.oldPlace)", "c.\(changes.oldWriter)", "NULL::bigint[]"]
    let nothing = ["NULL", "NULL"]
    // Counted once where both are the same.
    let deletable =
      statements.deletableCount == statements.publishedCount ? "NULL" : statements.deletableCount
    let noValues = columns.map { _ in "NULL" }
    func count(_ kinds: String) -> String { "count(*) FILTER (WHERE c.\(changes.kind) IN \(kinds))" }
    let counts =
      ["c.\(bucket)", count(Self.list(.added, .changed, .equal))]
      + broken.map { "count(*) FILTER (WHERE c.\($0))" }
      + [Kind.added, .changed, .removed, .kept, .equal].map {
        "count(*) FILTER (WHERE c.\(changes.kind) = \($0.literal))"
      }
    let ofInterval =
      [Kind.countsOfInterval.literal] + nothing + ["ARRAY[\(counts.joined(separator: ", "))]::bigint[]"]
      + noValues
    let ofTable =
      [Kind.countsOfTable.literal] + nothing
      + ["ARRAY[\(statements.publishedCount), \(deletable)]::bigint[]"] + noValues
    return """
      ) q\(order)) s ON \(statements.pairing)
          OFFSET 0) c)
      SELECT \((sent + columns.map { "c." + $0 }).joined(separator: ", ")) FROM compared c
      WHERE c.\(changes.kind) \(Kind.isSent)
      UNION ALL SELECT \(ofInterval.joined(separator: ", ")) FROM compared c GROUP BY c.\(bucket)
      UNION ALL SELECT \(ofTable.joined(separator: ", "))

      """
  }
}
