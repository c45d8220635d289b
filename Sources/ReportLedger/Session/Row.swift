import Foundation
import PostgresClient
import ReportModel

/// One row of a result, its values decoded by column name.
///
/// A value that does not have the type that the statement returns is a bug: `RunError` 70 names the column.
package struct Row: Sendable {
  private let rows: Rows
  private let index: Int

  fileprivate init(_ rows: Rows, at index: Int) {
    self.rows = rows
    self.index = index
  }

  /// - Throws: `RunError` 70 unless the result has exactly one row.
  package init(only rows: Rows) throws {
    guard rows.count == 1 else {
      throw RunError(.bug, Diagnostic("a query returned \(rows.count) rows instead of one"))
    }
    self.init(rows, at: 0)
  }

  /// The text of a column that is not null.
  package subscript(_ column: String) -> String {
    get throws {
      guard let value = try optional(column) else {
        throw RunError(.bug, Diagnostic("column \"\(column)\" of a query is null"))
      }
      return value
    }
  }

  /// Nil for NULL.
  package func optional(_ column: String) throws -> String? {
    guard let position = rows.columnNames.firstIndex(of: column) else {
      throw RunError(.bug, Diagnostic("a query returned no column \"\(column)\""))
    }
    return rows.rows[index][position]
  }

  /// A whole number in decimal digits.
  package func int(_ column: String) throws -> Int {
    try converted(column, "a whole number") { Int($0) }
  }

  /// A JSON list of texts; nil for NULL.
  func texts(_ column: String) throws -> [String]? {
    try optional(column) == nil
      ? nil
      : try converted(column, "a list of texts") {
        try? JSONDecoder().decode([String].self, from: Data($0.utf8))
      }
  }

  /// Nil for NULL.
  func optionalInt(_ column: String) throws -> Int? {
    try optional(column) == nil ? nil : try int(column)
  }

  /// Nil for NULL.
  func optionalDouble(_ column: String) throws -> Double? {
    try optional(column) == nil ? nil : try converted(column, "a number") { Double($0) }
  }

  /// A boolean as the server writes it: `t` or `f`.
  func bool(_ column: String) throws -> Bool {
    try converted(column, "a boolean") { $0 == "t" ? true : $0 == "f" ? false : nil }
  }

  func uuid(_ column: String) throws -> UUID {
    try converted(column, "a UUID") { UUID(uuidString: $0) }
  }

  func walPosition(_ column: String) throws -> WALPosition {
    try converted(column, "a WAL position") { WALPosition($0) }
  }

  func date(_ column: String) throws -> CalendarDate {
    try converted(column, "a date") { CalendarDate($0) }
  }

  /// A state by its raw value.
  func state<State: RawRepresentable<String>>(_ column: String) throws -> State {
    try converted(column, "one of the states of \(State.self)") { State(rawValue: $0) }
  }

  /// The interval between two dates; nil when either is NULL, as for a report without a period.
  func interval(_ start: String, _ end: String) throws -> Interval? {
    guard try optional(start) != nil, try optional(end) != nil else { return nil }
    let (first, last) = (try date(start), try date(end))
    guard let interval = Interval(start: first, end: last) else {
      throw RunError(.bug, Diagnostic("a query returned an interval from \(first) to \(last)"))
    }
    return interval
  }

  private func converted<Value>(
    _ column: String, _ kind: String, _ convert: (String) -> Value?
  ) throws -> Value {
    let text = try self[column]
    guard let value = convert(text) else {
      throw RunError(.bug, Diagnostic("column \"\(column)\" of a query is not \(kind)"))
    }
    return value
  }
}

extension Rows {
  /// Every row, to be decoded by column name.
  package var decoded: [Row] { rows.indices.map { Row(self, at: $0) } }
}
