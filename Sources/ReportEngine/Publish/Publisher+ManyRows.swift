import PostgresClient
import ReportModel

/// What keeps a publish of very many rows cheap, most of which are equal to what is published already.
///
/// A hash join of 10 million rows costs the primary three times what merging two indexes does, and one more sort of
/// whole rows ten times. Few rows are not worth the statements.
extension Publisher {
  private func isMany(_ staged: StagedReport) -> Bool { staged.rowsRead > StagingTable.largeRows }

  /// The key's index lets both sides be read in the key's order, and finds keys that were staged twice.
  func indexManyRows(_ staged: StagedReport) async throws {
    let materialization = staged.attempt.report.materialization
    guard isMany(staged), !materialization.uniqueKey.isEmpty, materialization.kind != .append else { return }
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
    if try await SingleRow(primary.query(statements.hasNullKeys))["has_nulls"] == "t" { return statements }
    statements.notNullKey.formUnion(statements.key)
    if try await SingleRow(primary.query(statements.isInKeyOrder))["is_in_order"] == "t" {
      _ = try await primary.execute("SET LOCAL enable_hashjoin = off")
    }
    return statements
  }

  /// Whether the whole table, which has no key, is what was staged: the same rows at the same places, as a table has
  /// them that was loaded by the same query. Stops at the first difference; then rows are paired by their text.
  func isUnchanged(_ statements: PublishStatements, _ staged: StagedReport) async throws -> Bool {
    guard isMany(staged), statements.key.isEmpty, statements.scope == nil else { return false }
    // Without these the planner would build hash tables of all rows before it compares the first one.
    _ = try await primary.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    let answer = try await SingleRow(primary.query(statements.isUnchanged(stagedRows: staged.rowsRead)))
    _ = try await primary.execute(
      "SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT")
    return try answer["is_unchanged"] == "t"
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

  /// - Parameter stagedRows: how many rows the staging table holds.
  func isUnchanged(stagedRows: Int) -> String {
    """
    SELECT (SELECT count(*) FROM \(target.quoted)) = \(stagedRows) AND NOT EXISTS (
      SELECT FROM \(staging.quoted) s LEFT JOIN \(target.quoted) t ON t.ctid = s.ctid
      WHERE t.ctid IS NULL OR \(isDifferent)) AS is_unchanged
    """
  }
}
