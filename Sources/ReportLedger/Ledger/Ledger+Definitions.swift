import Foundation
import PostgresClient
import ReportModel

/// A definition as the ledger keeps it, to be read anew by the parser of this version.
struct StoredDefinition: Hashable, Sendable {
  var fingerprint: String
  var sql: String
  /// Nil when only versions of reportgen ran the definition that did not store its keys.
  var keys: DefinitionKeys?

  static func json(of report: Report) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(DefinitionKeys(report))).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension Ledger {
  func definitions(_ fingerprints: Set<String>) async throws -> [StoredDefinition] {
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

/// Computes the fingerprints of stored definitions with this version's parser; nil for a text that it rejects.
package typealias FingerprintReader = @Sendable ([(sql: String, keys: DefinitionKeys)]) -> [String?]

/// Finds stored definitions that mean something else than the current one.
///
/// A fingerprint also depends on the parser's version. So the stored SQL and keys are parsed again, and their new
/// fingerprint is compared.
package struct DefinitionChanges: Sendable {
  let ledger: Ledger
  let fingerprints: FingerprintReader

  /// - Parameter ledger: on either server: only read.
  package init(ledger: Ledger, fingerprints: @escaping FingerprintReader) {
    self.ledger = ledger
    self.fingerprints = fingerprints
  }

  /// - Parameter used: for each report the fingerprints under which its rows were published.
  /// - Returns: for each report those that mean something else than its current definition.
  package func changed(_ used: [(report: Report, fingerprints: Set<String>)]) async throws -> [Set<String>] {
    let others = used.map { $0.fingerprints.subtracting([$0.report.fingerprint]) }
    let stored = try await ledger.definitions(others.reduce(into: []) { $0.formUnion($1) })
    let known = Dictionary(stored.map { ($0.fingerprint, $0) }) { first, _ in first }
    return zip(used, others).map { use, others in
      others.subtracting(sameMeaning(use.report, others.compactMap { known[$0] }))
    }
  }

  /// Published intervals whose rows a definition of another meaning computed.
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
    let current = fingerprints(stored.map { ($0.sql, ($0.keys ?? keys).completed(by: keys)) })
    return zip(stored, current).filter { $1 == report.fingerprint }.map(\.0.fingerprint)
  }
}

extension DefinitionKeys {
  /// Older versions stored neither time zone nor search path: they are taken for those that the project has now.
  fileprivate func completed(by current: DefinitionKeys) -> DefinitionKeys {
    var keys = self
    if period != Period.none.rawValue { keys.timezone = timezone ?? current.timezone }
    keys.searchPath = searchPath ?? current.searchPath
    return keys
  }
}

extension Ledger.Entry {
  /// Its rows are those of a closed interval.
  package var isPublished: Bool { state == .published || state == .confirmed }
}
