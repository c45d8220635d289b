/// One column of a statement's result, as the server describes it without running the statement.
package struct ColumnDescription: Hashable, Sendable {
  package let name: String
  /// `pg_type.oid`.
  package let typeOID: UInt32
  /// For `format_type`; -1 without one.
  package let typeModifier: Int32

  package init(name: String, typeOID: UInt32, typeModifier: Int32) {
    self.name = name
    self.typeOID = typeOID
    self.typeModifier = typeModifier
  }
}

/// Where a connection stands between BEGIN and COMMIT.
package enum TransactionStatus: Hashable, Sendable {
  case idle
  /// A command is running, a COPY for one.
  case active
  case inTransaction
  /// Only ROLLBACK helps.
  case inError
  /// The connection is gone.
  case unknown
}
