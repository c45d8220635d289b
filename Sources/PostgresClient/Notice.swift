/// A remark of the server that ends no statement: a notice, a warning, a message of `RAISE`.
public struct Notice: Hashable, Sendable {
  /// `WARNING`, `NOTICE`, `INFO`, `LOG` or `DEBUG`, in English whatever the server's language.
  public var severity: String
  public var sqlState: SQLState
  public var message: String
  public var detail: String?
  public var hint: String?

  public init(
    severity: String, sqlState: SQLState, message: String, detail: String? = nil, hint: String? = nil
  ) {
    self.severity = severity
    self.sqlState = sqlState
    self.message = message
    self.detail = detail
    self.hint = hint
  }
}
