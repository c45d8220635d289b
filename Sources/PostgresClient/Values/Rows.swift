/// A whole result in memory, values in PostgreSQL's text format: for catalogs, counts and the ledger, not for a report's
/// rows.
package struct Rows: Sendable {
  /// In the order of the result.
  package let columnNames: [String]
  package let rows: [RowValues]
  /// Rows that the last command returned or changed; 0 when its command tag has no count.
  package let affected: Int

  /// The same as plain arrays, for results whose columns a definition names and not our own SQL.
  package var values: [[String?]] { rows.map(Array.init) }

  package var count: Int { rows.count }
  package var isEmpty: Bool { rows.isEmpty }
  /// The values of the first row; nil when there are no rows.
  package var first: RowValues? { rows.first }

  /// A value by row and column name; nil is NULL.
  ///
  /// - Throws: `UnexpectedRows` when the row or the column is missing.
  package subscript(row: Int, column: String) -> String? {
    get throws {
      guard rows.indices.contains(row) else { throw UnexpectedRows("row \(row) is missing") }
      guard let index = columnNames.firstIndex(of: column) else {
        throw UnexpectedRows("column \"\(column)\" is missing")
      }
      return rows[row][index]
    }
  }

  /// Every value of one column, in the order of the rows; nil is NULL.
  ///
  /// - Throws: `UnexpectedRows` when the column is missing.
  package func column(_ name: String) throws -> [String?] { try rows.indices.map { try self[$0, name] } }

  /// The value of a result with one row and one column; nil is NULL.
  ///
  /// - Throws: `UnexpectedRows` for any other result.
  package func single() throws -> String? {
    guard rows.count == 1, columnNames.count == 1 else {
      throw UnexpectedRows("expected one value, got \(rows.count) rows of \(columnNames.count) columns")
    }
    return rows[0][0]
  }

  /// A value that is not NULL.
  ///
  /// - Throws: `UnexpectedRows` when the row or the column is missing, or the value is NULL.
  package func text(_ row: Int, _ column: String) throws -> String {
    guard let value = try self[row, column] else { throw UnexpectedRows("column \"\(column)\" is null") }
    return value
  }

  /// A value of an integer type.
  ///
  /// - Throws: `UnexpectedRows`, also for NULL.
  package func int(_ row: Int, _ column: String) throws -> Int {
    let text = try text(row, column)
    guard let value = Int(text) else {
      throw UnexpectedRows("column \"\(column)\" is not an integer: \"\(text)\"")
    }
    return value
  }

  /// A value of type boolean, which the server writes as `t` or `f`.
  ///
  /// - Throws: `UnexpectedRows`, also for NULL.
  package func bool(_ row: Int, _ column: String) throws -> Bool {
    switch try text(row, column) {
    case "t": true
    case "f": false
    case let other: throw UnexpectedRows("column \"\(column)\" is not a boolean: \"\(other)\"")
    }
  }

  /// A value of type `pg_lsn`.
  ///
  /// - Throws: `UnexpectedRows`, also for NULL.
  package func walPosition(_ row: Int, _ column: String) throws -> WALPosition {
    let text = try text(row, column)
    guard let value = WALPosition(text) else {
      throw UnexpectedRows("column \"\(column)\" is not a WAL position: \"\(text)\"")
    }
    return value
  }
}

/// A result whose shape differs from what our own SQL returns: a bug of reportgen, or a server that is none.
package struct UnexpectedRows: Error, Hashable, CustomStringConvertible {
  /// One lower-case line that names the column or the row.
  package let description: String

  init(_ description: String) { self.description = description }
}
