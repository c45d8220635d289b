import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// The table on the primary that receives a report's rows before anybody reads them.
///
/// Persistent and unlogged, one a report. A summary table that does not exist yet is loaded as a new logged table
/// beside it and published by moving it, so that its rows are written once.
package struct StagingTable: Hashable, Sendable {
  /// Above it a staging table is emptied by TRUNCATE; below by DELETE, and VACUUM of more than a few pages, which do not churn
  /// the catalogs.
  static let largeRows = 100_000

  /// A smaller table is not vacuumed.
  private static let vacuumedBytes = 1 << 20

  /// In schema `reportgen_staging`.
  package let name: QualifiedName
  /// It becomes the summary table itself.
  package let isNew: Bool
  /// Of the query, in its order.
  package let columns: [ColumnShape]
  /// Columns before them that say what becomes of each row; empty where all rows are staged.
  let ownColumns: [ColumnShape]

  package init(
    name: QualifiedName, isNew: Bool, columns: [ColumnShape], ownColumns: [ColumnShape] = []
  ) {
    self.name = name
    self.isNew = isNew
    self.columns = columns
    self.ownColumns = ownColumns
  }

  /// - Parameters:
  ///   - collations: the columns with their collations, asked for only when the table has to be made.
  ///   - tables: what was read of tables of the staging schema.
  package static func prepare(
    report: Report, columns: [ColumnShape], collations: () async throws -> [ColumnShape], becomesTable: Bool,
    tables: KnownTables = KnownTables(), on primary: Connection
  ) async throws -> StagingTable {
    let name = becomesTable ? LedgerSchema.newTable(of: report.name) : report.name
    let table = StagingTable(
      name: QualifiedName(schema: LedgerSchema.staging, name: name), isNew: becomesTable, columns: columns)
    try await table.prepare(collations: collations, tables, on: primary)
    return table
  }

  /// The table for the rows that differ from the published ones.
  ///
  /// - Parameter changes: its own columns; the report's rows follow in those of the query.
  static func prepare(
    report: Report, columns: [ColumnShape], changes: [ColumnShape], tables: KnownTables,
    on primary: Connection
  ) async throws -> StagingTable {
    let name = LedgerSchema.changesTable(of: report.name)
    let table = StagingTable(
      name: QualifiedName(schema: LedgerSchema.staging, name: name), isNew: false, columns: columns,
      ownColumns: changes)
    try await table.prepare(collations: { columns }, tables, on: primary)
    return table
  }

  /// Removes the rows that a killed process has left in the report's other staging table.
  static func emptyOther(
    than used: StagingTable, of report: Report, _ tables: KnownTables, on primary: Connection
  ) async throws {
    for name in [report.name, LedgerSchema.changesTable(of: report.name)] where name != used.name.name {
      let table = QualifiedName(schema: LedgerSchema.staging, name: name)
      guard try await tables.shape(of: table, on: primary) != nil else { continue }
      try await StagingTable(name: table, isNew: false, columns: []).empty(on: primary)
    }
  }

  private func prepare(
    collations: () async throws -> [ColumnShape], _ tables: KnownTables, on primary: Connection
  ) async throws {
    do {
      if try await !isReusable(tables, on: primary) {
        try await create(collations(), on: primary)
      }
    } catch let error as PostgresError
      where error.sqlState.matches(.insufficientPrivilege) && error.server == primary.name
    {
      throw RunError(
        .failed,
        Diagnostic(
          "could not create staging table \(name): \(error.reason)",
          effect: .nothingPublished,
          hint:
            "Run \"reportgen init\", and GRANT USAGE ON SCHEMA to the owner of the summary tables for every "
            + "schema whose types the columns have."),
        of: error)
    }
  }

  private func isReusable(_ tables: KnownTables, on primary: Connection) async throws -> Bool {
    guard let shape = try await tables.shape(of: name, on: primary) else { return false }
    let same = shape.columns.map { [$0.name, $0.type] } == (ownColumns + columns).map { [$0.name, $0.type] }
    guard same, !isNew else {
      _ = try await primary.execute("DROP TABLE \(name.quoted)")
      return false
    }
    // Left behind by a process that was killed; rows are loaded faster without it.
    if !shape.indexes.isEmpty { try await dropKeyIndex(on: primary) }
    try await empty(on: primary)
    return true
  }

  /// No autovacuum: what is staged is emptied, and vacuumed where that is worth it, by the attempt.
  ///
  /// - Parameter columns: with collations.
  private func create(_ columns: [ColumnShape], on primary: Connection) async throws {
    let kind = isNew ? "" : "UNLOGGED "
    let options = isNew ? "" : " WITH (autovacuum_enabled = off)"
    try await primary.define(
      "CREATE \(kind)TABLE \(name.quoted) \(ColumnShape.list(ownColumns + columns))\(options)")
  }

  /// Leaves no row behind.
  ///
  /// - Parameter rows: how many there are, where that is known.
  package func empty(rows: Int? = nil, on primary: Connection) async throws {
    let count: Int
    if let rows { count = rows } else { count = try await self.count(on: primary) }
    guard count > 0 else { return }
    if count > Self.largeRows {
      try await dropKeyIndex(on: primary)
      _ = try await primary.execute("TRUNCATE \(name.quoted)")
    } else {
      let size = try await primary.query(
        "DELETE FROM \(name.quoted); SELECT pg_relation_size(\(SQLQuote.literal(name.quoted))) AS bytes")
      // Of a few pages nothing is won.
      if try Row(only: size).int("bytes") > Self.vacuumedBytes {
        _ = try await primary.execute("VACUUM \(name.quoted)")
      }
    }
  }

  /// Up to one more than `largeRows`.
  private func count(on primary: Connection) async throws -> Int {
    let found = try await primary.query(
      "SELECT count(*) AS rows FROM (SELECT FROM \(name.quoted) LIMIT \(Self.largeRows + 1)) r")
    return try Row(only: found).int("rows")
  }

  /// Makes the key of many staged rows unique and readable in order, until the table is emptied.
  ///
  /// - Throws: `PostgresError` 23505 for a key that was staged twice.
  func indexKey(_ key: [String], memoryMegabytes: Int, on primary: Connection) async throws {
    let list = key.map(SQLQuote.identifier).joined(separator: ", ")
    _ = try await primary.execute(
      "SET maintenance_work_mem = '\(memoryMegabytes)MB';"
        + " CREATE UNIQUE INDEX \(SQLQuote.identifier(keyIndex.name)) ON \(name.quoted) (\(list)) NULLS NOT DISTINCT;"
        + " RESET maintenance_work_mem")
  }

  private func dropKeyIndex(on primary: Connection) async throws {
    _ = try await primary.execute("DROP INDEX IF EXISTS \(keyIndex.quoted)")
  }

  private var keyIndex: QualifiedName { QualifiedName(schema: name.schema, name: name.name + " key") }

  /// For an attempt that publishes nothing: leaves no row, and no table that was to become the summary table.
  ///
  /// A session that is gone leaves them; the next attempt begins by emptying the table.
  func discard(on primary: Connection) async {
    guard await primary.isUsable else { return }
    if isNew {
      _ = try? await primary.execute("DROP TABLE IF EXISTS \(name.quoted)")
    } else {
      try? await empty(on: primary)
    }
  }

  func copyIn(_ format: CopyFormat) -> String {
    let list = (ownColumns + columns).map { SQLQuote.identifier($0.name) }.joined(separator: ", ")
    return "COPY \(name.quoted) (\(list)) FROM STDIN" + (format == .binary ? " (FORMAT binary)" : "")
  }
}
