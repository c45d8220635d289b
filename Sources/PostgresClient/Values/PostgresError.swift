/// An error that a server, or libpq itself, reported.
///
/// `detail` can quote a row ("Failing row contains …") and `context` a value, so `description` contains neither; nor the
/// message, where that can (`invalid input syntax for type integer: "…"`). `reason` is what may be stored and logged.
/// - SeeAlso: PostgreSQL, "Error and Notice Message Fields".
package struct PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `ERROR`, `FATAL` or `PANIC`, in English whatever the server's language.
  package var severity: String
  /// The server's code; for errors of libpq itself 08001 or 08006, and XX000 where it gives no reason.
  package var sqlState: SQLState
  /// The primary message: one line, in the server's language; can contain a row's values. Nothing may be decided on it.
  package var message: String
  /// In the server's language; can contain a row's values.
  package var detail: String?
  /// In the server's language.
  package var hint: String?
  /// Where in the statement's text the error is: in characters, the first being 1.
  package var position: Int?
  /// The call stack of functions and statements; can contain values.
  package var context: String?
  /// The schema of the table, the column or the constraint.
  package var schemaName: String?
  package var tableName: String?
  package var columnName: String?
  /// The constraint that was violated, or the index of a unique key.
  package var constraintName: String?
  /// The server reported it, and not libpq or this client, which quote nothing of a row.
  package var isFromServer: Bool
  /// The statement evaluates values of rows; not so DDL, which only names objects.
  package var readsRows = true
  /// The name given to `Connection.open`: `primary`.
  package var server: String
  /// The connection is lost, and its last statement may or may not have taken effect.
  package var isConnectionLost: Bool
  /// The connection could not be opened.
  package var isConnectFailure: Bool
  /// The role of an attempt to connect that failed; nil for any other error.
  package var role: String?
  /// The database that it was refused; nil for any other error.
  package var database: String?

  package init(
    severity: String = "ERROR", sqlState: SQLState, message: String, detail: String? = nil,
    hint: String? = nil,
    position: Int? = nil, context: String? = nil, schemaName: String? = nil, tableName: String? = nil,
    columnName: String? = nil, constraintName: String? = nil, server: String, isConnectionLost: Bool = false,
    isConnectFailure: Bool = false, isFromServer: Bool = false
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
    self.isFromServer = isFromServer
  }

  /// `primary: division by zero (SQLSTATE 22012)`; the message of a failed attempt to connect names the server itself.
  package var description: String {
    isConnectFailure ? "\(message) (SQLSTATE \(sqlState))" : "\(server): \(reason)"
  }
}
