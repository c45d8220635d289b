/// PostgreSQL's five-character error code: two for the class, three for the condition.
///
/// As a pattern, a code that ends in `000` matches every code of its class: `catch SQLState.connectionException` catches
/// every 08xxx.
/// - SeeAlso: PostgreSQL, "PostgreSQL Error Codes".
package struct SQLState: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// Five digits and upper-case letters.
  package let rawValue: String

  /// - Precondition: five characters.
  package init(rawValue: String) {
    precondition(rawValue.utf8.count == 5, "an SQLSTATE has five characters, not \"\(rawValue)\"")
    self.rawValue = rawValue
  }

  /// - Precondition: five characters.
  package init(stringLiteral value: String) { self.init(rawValue: value) }

  package var description: String { rawValue }

  /// Whether this code equals `pattern`, or is of its class when `pattern` ends in `000`.
  package func matches(_ pattern: SQLState) -> Bool {
    self == pattern || pattern.rawValue.hasSuffix("000") && rawValue.prefix(2) == pattern.rawValue.prefix(2)
  }

  /// Matches a `PostgresError` with this code or class, and no other error.
  package static func ~= (pattern: SQLState, error: any Error) -> Bool {
    (error as? PostgresError)?.sqlState.matches(pattern) ?? false
  }
}

extension SQLState {
  /// The whole class: no connection, or a lost one.
  package static let connectionException: SQLState = "08000"
  /// No server answered; set by us, because libpq gives no code.
  package static let cannotEstablishConnection: SQLState = "08001"
  /// The connection was closed by us.
  package static let connectionDoesNotExist: SQLState = "08003"
  /// The connection was lost; set by us, because libpq gives no code.
  package static let connectionFailure: SQLState = "08006"
  /// Also thrown by us when a COPY has fewer rows than its completion tag counts.
  package static let protocolViolation: SQLState = "08P01"

  /// Also thrown by us for a COPY in `query`, and for a statement that is not the expected COPY.
  package static let featureNotSupported: SQLState = "0A000"

  /// A subquery that must return one row returned several.
  package static let cardinalityViolation: SQLState = "21000"

  /// The whole class: values that an expression or a cast cannot handle.
  package static let dataException: SQLState = "22000"
  package static let divisionByZero: SQLState = "22012"
  /// Also thrown by us for a NUL byte in a statement or a parameter.
  package static let characterNotInRepertoire: SQLState = "22021"
  /// Also thrown by us for a connection string that libpq cannot parse.
  package static let invalidParameterValue: SQLState = "22023"
  /// Text that is not a value of the type it is cast to.
  package static let invalidTextRepresentation: SQLState = "22P02"

  package static let notNullViolation: SQLState = "23502"
  package static let uniqueViolation: SQLState = "23505"
  package static let checkViolation: SQLState = "23514"

  /// A write on a replica, or in a session that is read-only.
  package static let readOnlySQLTransaction: SQLState = "25006"
  /// The server has ended the session.
  package static let idleInTransactionSessionTimeout: SQLState = "25P03"

  /// `pg_hba.conf` has no entry for the connection, the role does not exist or it may not log in.
  package static let invalidAuthorization: SQLState = "28000"
  /// A wrong password, or none where the server asks for one.
  package static let invalidPassword: SQLState = "28P01"

  /// The database does not exist.
  package static let invalidCatalogName: SQLState = "3D000"
  package static let invalidSchemaName: SQLState = "3F000"
  package static let duplicateSchema: SQLState = "42P06"

  /// The whole class: repeating the transaction can succeed.
  package static let transactionRollback: SQLState = "40000"
  /// Also sent by a replica that cancels a query because of a recovery conflict.
  package static let serializationFailure: SQLState = "40001"
  /// The server has rolled back one of the transactions that waited for each other.
  package static let deadlockDetected: SQLState = "40P01"

  /// The whole class: what the server finds in a statement before it runs it, missing rights among it.
  package static let syntaxErrorOrAccessRuleViolation: SQLState = "42000"
  /// A missing right; also row-level security with `row_security = off`.
  package static let insufficientPrivilege: SQLState = "42501"
  package static let syntaxError: SQLState = "42601"
  package static let undefinedColumn: SQLState = "42703"
  /// A role, type or other object that does not exist.
  package static let undefinedObject: SQLState = "42704"
  package static let undefinedFunction: SQLState = "42883"
  /// A table or view that does not exist, also one without its schema under an empty `search_path`.
  package static let undefinedTable: SQLState = "42P01"
  /// `CREATE OR REPLACE VIEW` would remove or change columns of the view.
  package static let invalidTableDefinition: SQLState = "42P16"

  /// Also thrown by us when the process cannot have another thread or file descriptor.
  package static let insufficientResources: SQLState = "53000"
  /// The server's disk is full.
  package static let diskFull: SQLState = "53100"
  /// `max_connections`, or the connection limit of the role or the database, is reached.
  package static let tooManyConnections: SQLState = "53300"

  /// The whole class: a statement, a row or a value that is larger than the server can handle.
  package static let programLimitExceeded: SQLState = "54000"

  /// Also thrown by us for a call during, or after the end of, a COPY.
  package static let objectNotInPrerequisiteState: SQLState = "55000"
  /// `lock_timeout` has passed, or NOWAIT found a lock.
  package static let lockNotAvailable: SQLState = "55P03"

  /// `statement_timeout`, a cancel request, or our own deadline.
  package static let queryCanceled: SQLState = "57014"
  /// The server is shutting down, or an administrator has terminated the session.
  package static let adminShutdown: SQLState = "57P01"
  /// Another backend has crashed, and the server ends all sessions.
  package static let crashShutdown: SQLState = "57P02"
  /// The server is starting up, shutting down or in recovery.
  package static let cannotConnectNow: SQLState = "57P03"

  /// The whole class: errors of the operating system on the server.
  package static let systemError: SQLState = "58000"
  /// An internal error of the server; also an error of libpq without a SQLSTATE.
  package static let internalError: SQLState = "XX000"
}
