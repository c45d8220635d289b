/// The state of a connection's transaction.
///
/// - SeeAlso: libpq, `PQtransactionStatus`.
package enum TransactionStatus: Hashable, Sendable {
  /// No transaction is open.
  case idle
  /// A command is in progress, for example a COPY.
  case active
  /// Inside a transaction block.
  case inTransaction
  /// Inside a transaction block that has failed: only ROLLBACK is accepted.
  case inError
  /// The connection is lost.
  case unknown
}
