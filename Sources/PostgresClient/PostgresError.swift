/// What a server, or libpq in its place, said went wrong.
///
/// The message is one line; `detail` can quote a row ("Failing row contains …") and `context` a value, so neither is in
/// `description`.
public struct PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `ERROR`, `FATAL` or `PANIC`, in English whatever the server's language.
  public var severity: String
  public var sqlState: SQLState
  public var message: String
  public var detail: String?
  public var hint: String?
  /// 1-based, in characters, of the text that was sent.
  public var position: Int?
  public var context: String?
  public var schemaName: String?
  public var tableName: String?
  public var columnName: String?
  public var constraintName: String?
  /// The name given when the connection was opened, `primary` for one.
  public var server: String
  /// The connection is unusable; what it last did may or may not have happened.
  public var isConnectionLost: Bool
  /// The connection never stood.
  public var isConnectFailure: Bool
  /// The role that a server refused to let in; nil for any other error.
  public var role: String?

  public init(
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
  public var description: String { "\(server): \(message) (SQLSTATE \(sqlState))" }
}
