import PostgresClient
import ReportModel

/// What the catalogs of the primary show of the tables of several reports, asked for in one round trip for all of them.
///
/// Read under the locks of the reports. Other people can change a table meanwhile, so what is older than `longestAge` is
/// asked for again.
package struct KnownTables: Sendable {
  private static let longestAge = Duration.seconds(30)

  private let shapes: [QualifiedName: TableShape]
  private let others: [QualifiedName: OthersOnTable]
  private let asked: Set<QualifiedName>
  private let readAt: ContinuousClock.Instant

  /// Nothing is known: every table is asked for by itself.
  package init() {
    (shapes, others, asked, readAt) = ([:], [:], [], .now)
  }

  /// The summary tables of reports and what they have in the staging schema.
  package init(of reports: [Report], on primary: Connection) async throws {
    let tables = reports.compactMap(\.materialization.table)
    let staging = reports.flatMap { report in
      LedgerSchema.stagingTables(of: report.name).map {
        QualifiedName(schema: LedgerSchema.staging, name: $0)
      }
    }
    asked = Set(tables + staging)
    readAt = .now
    (shapes, others) = try await primary.ask(
      TableShape.reading(Array(asked)), OthersOnTable.reading(tables))
  }

  /// - Returns: nil when there is no such table or view.
  package func shape(of table: QualifiedName, on primary: Connection) async throws -> TableShape? {
    guard isKnown(table) else { return try await TableShape.read(table, on: primary) }
    return shapes[table]
  }

  package func others(on table: QualifiedName, _ primary: Connection) async throws -> OthersOnTable {
    guard isKnown(table) else { return try await OthersOnTable.read(table, on: primary) }
    return others[table] ?? OthersOnTable(rewriting: [], children: [], hidesRows: false)
  }

  private func isKnown(_ table: QualifiedName) -> Bool {
    asked.contains(table) && readAt.duration(to: .now) < Self.longestAge
  }
}
