/// What a server, or libpq in its place, said went wrong.
///
/// The message is one line; `detail` can quote a row ("Failing row contains …") and `context` a value, so neither is in
/// `description`.
package struct PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `ERROR`, `FATAL` or `PANIC`, in English whatever the server's language.
  package var severity: String
  package var sqlState: SQLState
  package var message: String
  package var detail: String?
  package var hint: String?
  /// 1-based, in characters, of the text that was sent.
  package var position: Int?
  package var context: String?
  package var schemaName: String?
  package var tableName: String?
  package var columnName: String?
  package var constraintName: String?
  /// The name given when the connection was opened, `primary` for one.
  package var server: String
  /// The connection is unusable; what it last did may or may not have happened.
  package var isConnectionLost: Bool
  /// The connection never stood.
  package var isConnectFailure: Bool
  /// The role that a server refused to let in; nil for any other error.
  package var role: String?
  /// The database that it was refused; nil for any other error.
  package var database: String?

  package init(
    severity: String = "ERROR", sqlState: SQLState, message: String, detail: String? = nil,
    hint: String? = nil,
    position: Int? = nil, context: String? = nil, schemaName: String? = nil, tableName: String? = nil,
    columnName: String? = nil, constraintName: String? = nil, server: String, isConnectionLost: Bool = false,
    isConnectFailure: Bool = false
  ) {
    self.severity = severity
    self.sqlState = sqlState
    self.message = message
    self.detail = detail
    self.hint = hint
    self.position = position
    self.context = context
    self.schemaName = schemaName
    self.tableName = tableName
    self.columnName = columnName
    self.constraintName = constraintName
    self.server = server
    self.isConnectionLost = isConnectionLost
    self.isConnectFailure = isConnectFailure
  }

  /// `primary: division by zero (SQLSTATE 22012)`.
  package var description: String { "\(server): \(message) (SQLSTATE \(sqlState))" }
}
