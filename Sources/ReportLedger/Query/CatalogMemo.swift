import PostgresClient
import Synchronization

/// What the catalogs of one snapshot answered, so that each report of a level does not ask again.
///
/// Valid for sessions that see the same snapshot with the same search path; any of them may ask.
package final class CatalogMemo: Sendable {
  struct TypeKey: Hashable, Sendable {
    var oid: UInt32
    var modifier: Int32
  }

  private struct State {
    var hasUnlistedTypes: Bool?
    var mayReadElsewhere: Bool?
    var types: [TypeKey: (name: String, category: String)] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  /// Whether any type has operators or casts that the search path does not find.
  func hasUnlistedTypes(on connection: Connection) async throws -> Bool {
    if let known = state.withLock(\.hasUnlistedTypes) { return known }
    let found = try await UnlistedType.exists(on: connection)
    state.withLock { $0.hasUnlistedTypes = found }
    return found
  }

  /// Whether the database has anything by which a statement reads rows of other servers.
  func mayReadElsewhere(on connection: Connection) async throws -> Bool {
    if let known = state.withLock(\.mayReadElsewhere) { return known }
    let found = try await RowsElsewhere.arePossible(on: connection)
    state.withLock { $0.mayReadElsewhere = found }
    return found
  }

  /// The names of types as `format_type` writes them, and their categories, in the order of the columns.
  func types(of columns: [ColumnDescription], on connection: Connection) async throws
    -> [(name: String, category: String)]
  {
    let keys = columns.map { TypeKey(oid: $0.typeOID, modifier: $0.typeModifier) }
    let known = state.withLock(\.types)
    let unknown = Array(Set(keys).subtracting(known.keys))
    if !unknown.isEmpty {
      let rows = try await connection.query(
        """
        SELECT format_type(t.oid, c.modifier) AS name, t.typcategory AS category
        FROM unnest($1::oid[], $2::int[]) WITH ORDINALITY c(oid, modifier, position) JOIN pg_type t ON t.oid = c.oid
        ORDER BY c.position
        """,
        [postgresArray(unknown.map { String($0.oid) }), postgresArray(unknown.map { String($0.modifier) })])
      let found = try rows.decoded.map { (name: try $0["name"], category: try $0["category"]) }
      state.withLock { state in
        for (key, type) in zip(unknown, found) { state.types[key] = type }
      }
    }
    let types = state.withLock(\.types)
    return keys.map { types[$0] ?? ("", "") }
  }
}
