import Foundation
import PostgresClient
import ReportModel

/// A definition as the ledger keeps it, to be read anew by the parser of this version.
package struct StoredDefinition: Hashable, Sendable {
  package var fingerprint: String
  package var sql: String
  /// Nil where only a version of reportgen ran it that did not keep them.
  package var keys: DefinitionKeys?

  package static func json(of report: Report) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(DefinitionKeys(report))).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension Ledger {
  package func definitions(_ fingerprints: Set<String>) async throws -> [StoredDefinition] {
    guard !fingerprints.isEmpty else { return [] }
    let rows = try await connection.query(
      "SELECT fingerprint, sql, keys FROM reportgen.definition WHERE fingerprint = ANY ($1::text[])",
      [postgresArray(fingerprints.sorted())])
    return try rows.decoded.map { row in
      StoredDefinition(
        fingerprint: try row["fingerprint"], sql: try row["sql"],
        keys: try row.optional("keys").flatMap {
          try? JSONDecoder().decode(DefinitionKeys.self, from: Data($0.utf8))
        })
    }
  }
}

/// Reads stored definitions with today's parser: for each its fingerprint, nil for a text that it does not take.
package typealias FingerprintReader = @Sendable ([(sql: String, keys: DefinitionKeys)]) -> [String?]

/// Tells definitions that meant something else from those that only another parser has read.
///
/// A fingerprint depends on the parser. So one that differs means nothing by itself: the stored SQL and keys are read
/// anew, and only another meaning counts.
package struct DefinitionChanges: Sendable {
  package let ledger: Ledger
  package let fingerprints: FingerprintReader

  package init(ledger: Ledger, fingerprints: @escaping FingerprintReader) {
    self.ledger = ledger
    self.fingerprints = fingerprints
  }

  /// - Parameter used: for each report the fingerprints under which its rows were published.
  /// - Returns: for each those that mean something else than its definition of now.
  package func changed(_ used: [(report: Report, fingerprints: Set<String>)]) async throws -> [Set<String>] {
    let others = used.map { $0.fingerprints.subtracting([$0.report.fingerprint]) }
    let stored = try await ledger.definitions(others.reduce(into: []) { $0.formUnion($1) })
    let known = Dictionary(stored.map { ($0.fingerprint, $0) }) { first, _ in first }
    return zip(used, others).map { use, others in
      others.subtracting(sameMeaning(use.report, others.compactMap { known[$0] }))
    }
  }

  /// Published intervals that another definition made.
  ///
  /// - Parameter entries: what the ledger has of each report, by name.
  package func outdated(_ reports: [Report], _ entries: [String: [Ledger.Entry]]) async throws -> [String:
    Set<
      Interval
    >]
  {
    let published = reports.map { report in (entries[report.name] ?? []).filter(\.isPublished) }
    let changed = try await changed(
      zip(reports, published).map { ($0, Set($1.map(\.fingerprint))) })
    var outdated: [String: Set<Interval>] = [:]
    for (report, (published, changed)) in zip(reports, zip(published, changed)) where !changed.isEmpty {
      outdated[report.name] = Set(
        published.filter { changed.contains($0.fingerprint) }.compactMap(\.interval))
    }
    return outdated
  }

  private func sameMeaning(_ report: Report, _ stored: [StoredDefinition]) -> [String] {
    guard !stored.isEmpty else { return [] }
    let keys = DefinitionKeys(report)
    let today = fingerprints(stored.map { ($0.sql, $0.keys ?? keys) })
    return zip(stored, today).filter { $1 == report.fingerprint }.map(\.0.fingerprint)
  }
}

extension Ledger.Entry {
  /// Its rows are those of a closed interval.
  package var isPublished: Bool { state == .published || state == .confirmed }
}
