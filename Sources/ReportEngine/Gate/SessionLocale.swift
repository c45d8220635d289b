import PostgresClient
import ReportLedger
import ReportModel

/// The settings of a session's locale. They follow the database, because the same SQL has to mean what it means in psql:
/// no session sets them. But both servers have to agree: rows would be written as text under one and read under the other.
struct SessionLocale: Hashable, Sendable {
  private static let names = ["lc_monetary", "lc_numeric", "lc_time", "default_text_search_config"]

  /// Columns for a query on either server.
  static let columns = names.map { "current_setting('\($0)') AS \($0)" }.joined(separator: ", ")

  private let values: [String]

  /// - Parameter row: with `columns`.
  init(_ row: Row) throws { values = try Self.names.map { try row[$0] } }

  /// Nil when replica and primary agree.
  static func difference(replica: SessionLocale, primary: SessionLocale) -> RunError? {
    let different = names.indices.filter { replica.values[$0] != primary.values[$0] }
    guard let first = different.first else { return nil }
    let name = names[first]
    return RunError(
      .definition,
      Diagnostic(
        "replica and primary differ in \(name)",
        detail:
          "It is \"\(replica.values[first])\" for sessions on the replica and \"\(primary.values[first])\""
          + " for those on the primary. Nothing was read.",
        hint:
          "Set it for the database, on the primary (ALTER DATABASE … SET \(name) = …), and not for one of the roles"
          + " (ALTER ROLE … RESET \(name)) or servers."))
  }
}
