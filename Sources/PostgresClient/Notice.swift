/// A remark of the server that ends no statement: a notice, a warning, a message of `RAISE`.
package struct Notice: Hashable, Sendable {
  /// `WARNING`, `NOTICE`, `INFO`, `LOG` or `DEBUG`, in English whatever the server's language.
  package var severity: String
  package var sqlState: SQLState
  package var message: String
  package var detail: String?
  package var hint: String?

  package init(
    severity: String, sqlState: SQLState, message: String, detail: String? = nil, hint: String? = nil
  ) {
    self.severity = severity
    self.sqlState = sqlState
    self.message = message
    self.detail = detail
    self.hint = hint
  }
}
