import PostgresClient
import ReportModel
import Synchronization

/// What the catalogs of one snapshot answered, so that each report of a level does not ask again.
///
/// Valid for sessions that see the same snapshot with the same search path; any of them may ask.
package final class CatalogMemo: Sendable {
  struct TypeKey: Hashable, Sendable {
    var oid: UInt32
    var modifier: Int32
  }

  enum Question: String, Hashable, Sendable {
    /// Whether any type has operators or casts that the search path does not find.
    case hasUnlistedTypes
    /// Whether the database has anything by which a statement reads rows of other servers.
    case mayReadElsewhere
    /// Whether the database has operators or casts besides the system's.
    case hasOwnOperators

    /// Conditions that are cheap to ask, in one query, and asked of every report. What rows elsewhere need: foreign tables,
    /// functions of dblink, or Citus' catalog of distributed tables. Objects from 16384 on are not the system's.
    static let first = [
      mayReadElsewhere: """
      (EXISTS (SELECT FROM pg_foreign_table) OR EXISTS (SELECT FROM pg_proc WHERE proname ~ '^dblink')
        OR to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL)
      """,
      hasOwnOperators: """
      (EXISTS (SELECT FROM pg_operator WHERE oid >= 16384) OR EXISTS (SELECT FROM pg_cast WHERE oid >= 16384))
      """,
    ]
  }

  private struct State {
    var answers: [Question: Bool] = [:]
    var types: [TypeKey: (name: String, category: String)] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  /// What a question of `Question.first` was answered; asks all of them when nobody has.
  func answer(_ question: Question, on connection: Connection) async throws -> Bool {
    try await answer(question) {
      let conditions = Question.first.map { "\($1) AS \(SQLQuote.identifier($0.rawValue))" }
      let row = try Row(only: try await connection.query("SELECT \(conditions.joined(separator: ", "))"))
      let answers = try Question.first.keys.map { ($0, try row.bool($0.rawValue)) }
      state.withLock { state in
        for (question, answer) in answers { state.answers[question] = answer }
      }
      return try row.bool(question.rawValue)
    }
  }

  /// What a question was answered; asks it when nobody has.
  func answer(_ question: Question, ask: () async throws -> Bool) async throws -> Bool {
    if let known = state.withLock({ $0.answers[question] }) { return known }
    let answer = try await ask()
    state.withLock { $0.answers[question] = answer }
    return answer
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
