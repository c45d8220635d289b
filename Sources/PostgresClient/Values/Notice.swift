/// A message of the server that does not end a statement: a notice, a warning, a message of `RAISE`.
package struct Notice: Hashable, Sendable {
  /// `WARNING`, `NOTICE`, `INFO`, `LOG` or `DEBUG`, in English whatever the server's language.
  package var severity: String
  /// `00000` for most notices, `01000` for most warnings.
  package var sqlState: SQLState
  /// The primary message, in the server's language.
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
