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
  /// The operator or name at `position`, as the statement has it; nil without a position.
  package var nameAtPosition: String?
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
  /// The server's own function that reported it, which no SQL can choose; nil for errors of libpq and this client.
  package var routine: String?
  /// The statement evaluates values of rows; not so DDL, which only names objects.
  package var readsRows = true
  /// The rows are those of a definition test: whoever reads the message has written them.
  package var isOfTestRows = false
  /// The name given to `Connection.open`: `primary`.
  package var server: String
  /// The connection is lost, and its last statement may or may not have taken effect.
  package var isConnectionLost: Bool
  /// The connection could not be opened.
  package var isConnectFailure: Bool
  /// The server let the role in, and refused a setting of the session: of ours, only `role` needs a right.
  package var isSessionRefused = false
  /// The server let the role in, and is not of the kind that `target_session_attrs` asks for.
  package var isOfOtherKind = false
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

  /// The operator or the name, with its schema, that begins at a place of a statement; nil for anything else.
  ///
  /// - Parameter position: in characters, the first being 1.
  static func name(in sql: String, at position: Int) -> String? {
    let rest = sql.unicodeScalars.dropFirst(position - 1)
    let operators = rest.prefix { "+-*/<>=~!@#%^&|`?".unicodeScalars.contains($0) }
    let name = rest.prefix { $0.properties.isAlphabetic || "0123456789_$.\"".unicodeScalars.contains($0) }
    let found = String(operators.isEmpty ? name : operators)
    return found.isEmpty ? nil : found
  }

  /// `primary: division by zero (SQLSTATE 22012)`; the message of a failed attempt to connect names the server itself.
  package var description: String {
    isConnectFailure ? "\(message) (SQLSTATE \(sqlState))" : "\(server): \(reason)"
  }
}
