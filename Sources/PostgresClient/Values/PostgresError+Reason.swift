/// What of an error may be stored in the ledger, logged, and shown to whoever may not read the rows.
extension PostgresError {
  /// `division_by_zero (SQLSTATE 22012)`; the server's own message where that quotes nothing of a row for certain.
  package var reason: String {
    "\(quotesNoData ? message : condition) (SQLSTATE \(sqlState))"
  }

  /// The server's hint, under the same condition as its message.
  package var safeHint: String? { quotesNoData ? hint : nil }

  /// All that the server says, for the terminal of somebody who asked for it; nil where `reason` has it already.
  package var ownWords: String? {
    let hidden = quotesNoData ? [detail, context] : [message, detail, context, hint]
    let words = hidden.compactMap(\.self)
    return words.isEmpty || !isFromServer ? nil : words.joined(separator: "\n")
  }

  /// Whether the server's message is left out of `reason`.
  package var hidesWords: Bool { !quotesNoData }

  /// Whether the message quotes nothing of a row.
  ///
  /// A list of what never does, because any function, cast or trigger can put a value into a message, under any code of
  /// its choice. What comes from inside of one has a context; an error with a place in the statement's text was found
  /// while that was read, before any row.
  var quotesNoData: Bool {
    guard isFromServer, !isConnectFailure, !isOfTestRows, !stopsSession else { return true }
    guard context == nil else { return false }
    let readsNone = position != nil || !readsRows
    if sqlState == .insufficientPrivilege { return readsNone || Self.ofRights.contains(routine ?? "") }
    return Self.ofNames.contains(where: sqlState.matches) && readsNone
      || Self.ofSessions.contains(where: sqlState.matches)
  }

  /// A cancel, a timeout or a conflict with replay, whatever ran then: functions of SQL raise errors of other severities,
  /// from other routines.
  private var stopsSession: Bool {
    severity == "FATAL" || severity == "PANIC" || routine == "ProcessInterrupts"
  }

  /// The state of session, transaction and server. Not those of connections and databases: what refuses a session is
  /// FATAL, and `has_database_privilege` and dblink's functions quote a name from a row.
  private static let ofSessions: [SQLState] = [
    "25000", .transactionRollback, .insufficientResources, "54001", "54011", "54023",
    .objectNotInPrerequisiteState, "57000",
  ]

  /// The server's functions that refuse a right on an object of the catalog. Others refuse a file or a setting, whose
  /// name can be a row's value.
  private static let ofRights: Set = [
    "aclcheck_error", "aclcheck_error_col", "check_enable_rls", "check_role",
  ]

  /// What the statement names and how: columns, tables, types, syntax. The same codes come from casts of a row's value,
  /// such as to `regclass`; those have no place.
  private static let ofNames: [SQLState] = [.featureNotSupported, "2B000", .invalidSchemaName, "42000"]

  /// With the constraint or column of a violation, which are names of the catalog.
  private var condition: String {
    let name = sqlState.condition ?? "error"
    guard context == nil, sqlState.matches("23000") else { return name }
    if let constraintName { return "\(name) of constraint \"\(constraintName)\"" }
    return columnName.map { "\(name) of column \"\($0)\"" } ?? name
  }
}
