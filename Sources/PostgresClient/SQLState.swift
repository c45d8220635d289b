/// PostgreSQL's five-character error code: two for the class, three for the condition.
///
/// A code ending in `000` stands for its whole class where it is used as a pattern:
/// `catch SQLState.connectionException` takes every 08xxx.
/// - SeeAlso: PostgreSQL, "PostgreSQL Error Codes".
public struct SQLState: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  public let rawValue: String

  /// - Precondition: five characters, which is all that servers send.
  public init(rawValue: String) {
    precondition(rawValue.utf8.count == 5, "an SQLSTATE has five characters, not \"\(rawValue)\"")
    self.rawValue = rawValue
  }

  public init(stringLiteral value: String) { self.init(rawValue: value) }

  public var description: String { rawValue }

  /// Whether this code is `pattern`, or of its class where `pattern` ends in `000`.
  public func matches(_ pattern: SQLState) -> Bool {
    self == pattern || pattern.rawValue.hasSuffix("000") && rawValue.prefix(2) == pattern.rawValue.prefix(2)
  }

  public static func ~= (pattern: SQLState, error: any Error) -> Bool {
    (error as? PostgresError)?.sqlState.matches(pattern) ?? false
  }
}

extension SQLState {
  public static let connectionException: SQLState = "08000"
  /// No connection could be made.
  public static let cannotEstablishConnection: SQLState = "08001"
  public static let connectionDoesNotExist: SQLState = "08003"
  /// The connection broke; supplied by us, since libpq gives no code then.
  public static let connectionFailure: SQLState = "08006"
  public static let protocolViolation: SQLState = "08P01"

  public static let featureNotSupported: SQLState = "0A000"

  public static let cardinalityViolation: SQLState = "21000"

  public static let dataException: SQLState = "22000"
  public static let stringDataRightTruncation: SQLState = "22001"
  public static let numericValueOutOfRange: SQLState = "22003"
  public static let invalidDatetimeFormat: SQLState = "22007"
  public static let datetimeFieldOverflow: SQLState = "22008"
  public static let divisionByZero: SQLState = "22012"
  public static let characterNotInRepertoire: SQLState = "22021"
  public static let invalidParameterValue: SQLState = "22023"
  public static let invalidTextRepresentation: SQLState = "22P02"
  public static let badCopyFileFormat: SQLState = "22P04"

  public static let integrityConstraintViolation: SQLState = "23000"
  public static let notNullViolation: SQLState = "23502"
  public static let foreignKeyViolation: SQLState = "23503"
  public static let uniqueViolation: SQLState = "23505"
  public static let checkViolation: SQLState = "23514"

  public static let activeSQLTransaction: SQLState = "25001"
  public static let readOnlySQLTransaction: SQLState = "25006"
  public static let inFailedSQLTransaction: SQLState = "25P02"
  public static let idleInTransactionSessionTimeout: SQLState = "25P03"

  public static let invalidAuthorization: SQLState = "28000"
  public static let invalidPassword: SQLState = "28P01"

  public static let dependentObjectsStillExist: SQLState = "2BP01"
  public static let invalidCatalogName: SQLState = "3D000"
  public static let invalidSchemaName: SQLState = "3F000"

  public static let transactionRollback: SQLState = "40000"
  /// Also what a replica says when it cancels a query to keep replaying.
  public static let serializationFailure: SQLState = "40001"
  public static let deadlockDetected: SQLState = "40P01"

  public static let syntaxErrorOrAccessRuleViolation: SQLState = "42000"
  public static let insufficientPrivilege: SQLState = "42501"
  public static let syntaxError: SQLState = "42601"
  public static let undefinedColumn: SQLState = "42703"
  public static let undefinedObject: SQLState = "42704"
  public static let datatypeMismatch: SQLState = "42804"
  public static let undefinedFunction: SQLState = "42883"
  public static let undefinedTable: SQLState = "42P01"
  public static let duplicateSchema: SQLState = "42P06"
  public static let duplicateTable: SQLState = "42P07"
  public static let duplicateColumn: SQLState = "42701"
  public static let duplicateObject: SQLState = "42710"

  public static let insufficientResources: SQLState = "53000"
  public static let diskFull: SQLState = "53100"
  public static let outOfMemory: SQLState = "53200"
  public static let tooManyConnections: SQLState = "53300"

  public static let objectNotInPrerequisiteState: SQLState = "55000"
  public static let objectInUse: SQLState = "55006"
  public static let lockNotAvailable: SQLState = "55P03"

  public static let operatorIntervention: SQLState = "57000"
  public static let queryCanceled: SQLState = "57014"
  public static let adminShutdown: SQLState = "57P01"
  public static let crashShutdown: SQLState = "57P02"
  public static let cannotConnectNow: SQLState = "57P03"

  public static let systemError: SQLState = "58000"
  public static let internalError: SQLState = "XX000"
}
