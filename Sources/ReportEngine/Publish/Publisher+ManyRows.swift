import PostgresClient
import ReportLedger
import ReportModel

/// Makes a publish of very many rows cheap, most of which are equal to what is published already.
///
/// A hash join of 10 million rows costs the primary three times what merging two indexes does, and one more sort of
/// whole rows ten times. Few rows are not worth the statements.
extension Publisher {
  private func isMany(_ staged: StagedReport) -> Bool { staged.rowsRead > StagingTable.largeRows }

  /// The key's index lets both sides be read in the key's order, and finds keys that were staged twice.
  func indexManyRows(_ staged: StagedReport) async throws {
    let materialization = staged.attempt.report.materialization
    guard isMany(staged), staged.compared == nil, !materialization.uniqueKey.isEmpty,
      materialization.kind != .append
    else { return }
    do {
      try await staged.staging.indexKey(
        materialization.uniqueKey, memoryMegabytes: workMemMegabytes, on: primary)
    } catch let error as PostgresError where error.sqlState.matches(.uniqueViolation) {
      throw try await duplicateKeys(staged)
    }
  }

  /// Statements that read both indexes in order where that pays: no key is null, and rows lie in about that order.
  func pairedInOrder(_ statements: PublishStatements, _ staged: StagedReport) async throws
    -> PublishStatements
  {
    guard isMany(staged), !statements.key.isEmpty else { return statements }
    var statements = statements
    statements.isStagedKeyUnique = true
    if try await Row(only: primary.query(statements.hasNullKeys))["has_nulls"] == "t" { return statements }
    statements.notNullKey.formUnion(statements.key)
    if try await Row(only: primary.query(statements.isInKeyOrder))["is_in_order"] == "t" {
      _ = try await primary.execute("SET LOCAL enable_hashjoin = off")
    }
    return statements
  }

  /// Whether the whole table, which has no key, is what was staged: the same rows at the same places, as a table has
  /// them that was loaded by the same query. Stops at the first difference; then rows are paired by their text.
  func isUnchanged(_ statements: PublishStatements, _ staged: StagedReport) async throws -> Bool {
    guard isMany(staged), statements.key.isEmpty, statements.scope == nil else { return false }
    return try await Row(only: primary.query(statements.isUnchanged))["is_unchanged"] == "t"
  }
}

extension PublishStatements {
  /// Whether a key column that no check guards holds a null on either side.
  var hasNullKeys: String {
    let looks = key.filter { !notNullKey.contains($0) }.map(SQLQuote.identifier).flatMap { column in
      [staging, target].map { "EXISTS (SELECT FROM \($0.quoted) WHERE \(column) IS NULL)" }
    }
    return "SELECT \(looks.isEmpty ? "false" : looks.joined(separator: " OR ")) AS has_nulls"
  }

  /// Whether rows of both tables lie on disk about as the key's first column orders them; else an index reads a page
  /// for each row.
  var isInKeyOrder: String {
    let tables = [staging, target].map {
      "(\(SQLQuote.literal($0.schema)), \(SQLQuote.literal($0.name)))"
    }
    return """
      SELECT count(*) = 2 AS is_in_order FROM pg_stats
      WHERE (schemaname, tablename) IN (\(tables.joined(separator: ", "))) AND NOT inherited
        AND attname = \(SQLQuote.literal(key[0])) AND abs(correlation) > 0.9
      """
  }

  /// Pages of each table that are compared at once: their rows' hash table stays in the processor's cache.
  private static let pagesAtOnce = 32

  /// Whether both tables hold the same rows at the same places, page by page.
  var isUnchanged: String {
    let sizes = [target, staging].map { "pg_relation_size(\(SQLQuote.literal($0.quoted)))" }
    return """
      SELECT NOT EXISTS (
        SELECT FROM generate_series(0, greatest(\(sizes.joined(separator: ", ")))
          / current_setting('block_size')::int, \(Self.pagesAtOnce)) AS piece(page)
        CROSS JOIN LATERAL (
          SELECT FROM (\(rowsOfPiece(target, "t"))) t
          FULL JOIN (\(rowsOfPiece(staging, "s"))) s ON t.\(place) = s.\(place)
          WHERE t.\(place) IS NULL OR s.\(place) IS NULL OR \(isDifferent)) difference) AS is_unchanged
      """
  }

  private var place: String { ownName("place") }

  private func rowsOfPiece(_ table: QualifiedName, _ alias: String) -> String {
    "SELECT \(alias).ctid AS \(place), \(list(alias + ".")) FROM \(table.quoted) \(alias)"
      + " WHERE \(alias).ctid >= format('(%s,0)', piece.page)::tid"
      + " AND \(alias).ctid < format('(%s,0)', piece.page + \(Self.pagesAtOnce))::tid"
  }
}
