import PostgresClient
import ReportModel

/// The only row of a result, by column names.
package struct SingleRow {
  private let rows: Rows

  package init(_ rows: Rows) throws {
    guard rows.count == 1 else {
      throw RunError(.bug, Diagnostic("a query gave \(rows.count) rows instead of one"))
    }
    self.rows = rows
  }

  package subscript(_ column: String) -> String {
    get throws {
      guard let value = rows[0, column] else {
        throw RunError(.bug, Diagnostic("a query gave no \"\(column)\""))
      }
      return value
    }
  }

  package func int(_ column: String) throws -> Int {
    guard let value = Int(try self[column]) else {
      throw RunError(.bug, Diagnostic("\"\(column)\" is no whole number"))
    }
    return value
  }
}
