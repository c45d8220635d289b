import CLibPQ

/// Owns one `PGresult`.
final class QueryResult {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { PQclear(pointer) }

  var status: ExecStatusType { PQresultStatus(pointer) }

  var isError: Bool { status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE }

  /// The direction of a COPY that the statement began; nil for any other statement.
  var copyDirection: CopyDirection? {
    switch status {
    case PGRES_COPY_OUT: .out
    case PGRES_COPY_IN: .in
    default: nil
    }
  }

  /// The row count of the command tag; 0 when the tag has none.
  var affected: Int { PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }

  var columns: [ColumnDescription] {
    (0..<PQnfields(pointer)).map { column in
      ColumnDescription(
        name: PQfname(pointer, column).map { String(cString: $0) } ?? "", typeOID: PQftype(pointer, column),
        typeModifier: PQfmod(pointer, column))
    }
  }

  /// Of a described statement.
  var parameterTypes: [UInt32] { (0..<PQnparams(pointer)).map { PQparamtype(pointer, $0) } }

  var rows: Rows {
    let columns = self.columns
    let values = (0..<PQntuples(pointer)).map { row in
      RowValues((0..<Int32(columns.count)).map { value(row, $0) })
    }
    return Rows(columnNames: columns.map(\.name), rows: values, affected: affected)
  }

  private func value(_ row: Int32, _ column: Int32) -> String? {
    guard PQgetisnull(pointer, row, column) == 0, let start = PQgetvalue(pointer, row, column) else {
      return nil
    }
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(pointer, row, column)))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The server's error, or libpq's own. libpq's errors have no SQLSTATE and get 08006 when the connection is lost,
  /// otherwise XX000.
  func error(server: String, isConnectionLost: Bool) -> PostgresError {
    let text = ErrorText(String(cString: PQresultErrorMessage(pointer)))
    var error = PostgresError(
      severity: field(RG_SEVERITY) ?? (isConnectionLost ? "FATAL" : "ERROR"),
      sqlState: sqlState ?? (isConnectionLost ? .connectionFailure : .internalError),
      message: field(RG_MESSAGE_PRIMARY) ?? text.firstLine,
      detail: field(RG_MESSAGE_DETAIL) ?? (sqlState == nil ? text.rest : nil),
      hint: field(RG_MESSAGE_HINT), position: field(RG_STATEMENT_POSITION).flatMap { Int($0) },
      context: field(RG_CONTEXT), schemaName: field(RG_SCHEMA_NAME),
      tableName: field(RG_TABLE_NAME), columnName: field(RG_COLUMN_NAME),
      constraintName: field(RG_CONSTRAINT_NAME), server: server, isConnectionLost: isConnectionLost,
      isFromServer: sqlState != nil)
    error.routine = field(RG_SOURCE_FUNCTION)
    return error
  }

  private var sqlState: SQLState? {
    field(RG_SQLSTATE).flatMap { $0.utf8.count == 5 ? SQLState(rawValue: $0) : nil }
  }

  private func field(_ code: rg_error_field) -> String? { Self.field(of: pointer, code) }

  static func field(of result: OpaquePointer, _ code: rg_error_field) -> String? {
    PQresultErrorField(result, Int32(code.rawValue)).map { String(cString: $0) }
  }
}
