/// PostgreSQL's five-character error code: two for the class, three for the condition.
///
/// A code ending in `000` stands for its whole class where it is used as a pattern:
/// `catch SQLState.connectionException` takes every 08xxx.
/// - SeeAlso: PostgreSQL, "PostgreSQL Error Codes".
package struct SQLState: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  package let rawValue: String

  /// - Precondition: five characters, which is all that servers send.
  package init(rawValue: String) {
    precondition(rawValue.utf8.count == 5, "an SQLSTATE has five characters, not \"\(rawValue)\"")
    self.rawValue = rawValue
  }

  package init(stringLiteral value: String) { self.init(rawValue: value) }

  package var description: String { rawValue }

  /// Whether this code is `pattern`, or of its class where `pattern` ends in `000`.
  package func matches(_ pattern: SQLState) -> Bool {
    self == pattern || pattern.rawValue.hasSuffix("000") && rawValue.prefix(2) == pattern.rawValue.prefix(2)
  }

  package static func ~= (pattern: SQLState, error: any Error) -> Bool {
    (error as? PostgresError)?.sqlState.matches(pattern) ?? false
  }
}

extension SQLState {
  package static let connectionException: SQLState = "08000"
  /// No connection could be made.
  package static let cannotEstablishConnection: SQLState = "08001"
  package static let connectionDoesNotExist: SQLState = "08003"
  /// The connection broke; supplied by us, since libpq gives no code then.
  package static let connectionFailure: SQLState = "08006"
  package static let protocolViolation: SQLState = "08P01"

  package static let featureNotSupported: SQLState = "0A000"

  package static let cardinalityViolation: SQLState = "21000"

  package static let dataException: SQLState = "22000"
  package static let stringDataRightTruncation: SQLState = "22001"
  package static let numericValueOutOfRange: SQLState = "22003"
  package static let invalidDatetimeFormat: SQLState = "22007"
  package static let datetimeFieldOverflow: SQLState = "22008"
  package static let divisionByZero: SQLState = "22012"
  package static let characterNotInRepertoire: SQLState = "22021"
  package static let invalidParameterValue: SQLState = "22023"
  package static let invalidTextRepresentation: SQLState = "22P02"
  package static let badCopyFileFormat: SQLState = "22P04"

  package static let integrityConstraintViolation: SQLState = "23000"
  package static let notNullViolation: SQLState = "23502"
  package static let foreignKeyViolation: SQLState = "23503"
  package static let uniqueViolation: SQLState = "23505"
  package static let checkViolation: SQLState = "23514"

  package static let activeSQLTransaction: SQLState = "25001"
  package static let readOnlySQLTransaction: SQLState = "25006"
  package static let inFailedSQLTransaction: SQLState = "25P02"
  package static let idleInTransactionSessionTimeout: SQLState = "25P03"

  package static let invalidAuthorization: SQLState = "28000"
  package static let invalidPassword: SQLState = "28P01"

  package static let dependentObjectsStillExist: SQLState = "2BP01"
  package static let invalidCatalogName: SQLState = "3D000"
  package static let invalidSchemaName: SQLState = "3F000"

  package static let transactionRollback: SQLState = "40000"
  /// Also what a replica says when it cancels a query to keep replaying.
  package static let serializationFailure: SQLState = "40001"
  package static let deadlockDetected: SQLState = "40P01"

  package static let syntaxErrorOrAccessRuleViolation: SQLState = "42000"
  package static let insufficientPrivilege: SQLState = "42501"
  package static let syntaxError: SQLState = "42601"
  package static let undefinedColumn: SQLState = "42703"
  package static let undefinedObject: SQLState = "42704"
  package static let datatypeMismatch: SQLState = "42804"
  package static let undefinedFunction: SQLState = "42883"
  package static let undefinedTable: SQLState = "42P01"
  package static let duplicateSchema: SQLState = "42P06"
  package static let duplicateTable: SQLState = "42P07"
  package static let duplicateColumn: SQLState = "42701"
  package static let invalidTableDefinition: SQLState = "42P16"
  package static let duplicateObject: SQLState = "42710"

  package static let insufficientResources: SQLState = "53000"
  package static let diskFull: SQLState = "53100"
  package static let outOfMemory: SQLState = "53200"
  package static let tooManyConnections: SQLState = "53300"

  package static let objectNotInPrerequisiteState: SQLState = "55000"
  package static let objectInUse: SQLState = "55006"
  package static let lockNotAvailable: SQLState = "55P03"

  package static let operatorIntervention: SQLState = "57000"
  package static let queryCanceled: SQLState = "57014"
  package static let adminShutdown: SQLState = "57P01"
  package static let crashShutdown: SQLState = "57P02"
  package static let cannotConnectNow: SQLState = "57P03"

  package static let systemError: SQLState = "58000"
  package static let internalError: SQLState = "XX000"
}
