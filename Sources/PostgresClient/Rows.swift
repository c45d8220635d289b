/// A whole result in memory, as text: for catalogs, counts and the ledger, never for a report's rows.
package struct Rows: Sendable {
  package let columnNames: [String]
  package let rows: [[String?]]
  /// Rows that the last command returned or changed; 0 for one that does neither.
  package let affected: Int

  package var count: Int { rows.count }
  package var isEmpty: Bool { rows.isEmpty }
  package var first: [String?]? { rows.first }

  /// - Precondition: the row and the column are there.
  package subscript(row: Int, column: String) -> String? {
    guard let index = columnNames.firstIndex(of: column) else {
      preconditionFailure("the result has no column \"\(column)\" but \(columnNames)")
    }
    return rows[row][index]
  }

  /// Every value of one column, top to bottom.
  ///
  /// - Precondition: the column is there.
  package func column(_ name: String) -> [String?] { rows.indices.map { self[$0, name] } }

  /// The only value of a result of one row and one column.
  package func single() throws -> String? {
    guard rows.count == 1, columnNames.count == 1 else {
      throw UnexpectedRows("expected one value, got \(rows.count) rows of \(columnNames.count) columns")
    }
    return rows[0][0]
  }

  package func text(_ row: Int, _ column: String) throws -> String {
    guard rows.indices.contains(row) else { throw UnexpectedRows("row \(row) is missing") }
    guard columnNames.contains(column) else { throw UnexpectedRows("column \"\(column)\" is missing") }
    guard let value = self[row, column] else { throw UnexpectedRows("column \"\(column)\" is null") }
    return value
  }

  package func int(_ row: Int, _ column: String) throws -> Int {
    let text = try text(row, column)
    guard let value = Int(text) else {
      throw UnexpectedRows("column \"\(column)\" is no integer: \"\(text)\"")
    }
    return value
  }

  /// - Returns: `t` and `f` as the server writes a boolean.
  package func bool(_ row: Int, _ column: String) throws -> Bool {
    switch try text(row, column) {
    case "t": true
    case "f": false
    case let other: throw UnexpectedRows("column \"\(column)\" is no boolean: \"\(other)\"")
    }
  }

  package func walPosition(_ row: Int, _ column: String) throws -> WALPosition {
    let text = try text(row, column)
    guard let value = WALPosition(text) else {
      throw UnexpectedRows("column \"\(column)\" is no WAL position: \"\(text)\"")
    }
    return value
  }
}

/// A result of another shape than our own SQL promises: our bug, not the server's.
package struct UnexpectedRows: Error, Hashable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
