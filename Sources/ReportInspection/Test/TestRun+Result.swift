import Foundation
import PostgresClient
import ReportLedger
import ReportModel

extension TestRun {
  func wantedRows(_ prepared: TestTransaction.Prepared) async throws -> [WantedRow]? {
    guard let expected = test.expected.rows else { return nil }
    var wanted: [WantedRow] = []
    for row in expected { wanted.append(try await wantedRow(row, prepared)) }
    return wanted
  }

  private func wantedRow(_ row: TestRow, _ prepared: TestTransaction.Prepared) async throws -> WantedRow {
    let names = prepared.columns.map(\.name)
    let indexes = try row.cells.map { cell in
      guard let index = names.firstIndex(of: cell.column) else {
        throw Stop.wrong(
          Diagnostic(
            "the report does not give a column \"\(cell.column)\"",
            hint: Suggestion.hint(for: cell.column, among: names)
              ?? "Its columns are \(names.joined(separator: ", ")).", file: file, place: cell.columnPlace))
      }
      return index
    }
    let texts = try await read(row, indexes.map { prepared.readTypes[$0] })
    var wanted = WantedRow(line: row.place.line, shown: [:], compared: [:])
    for (index, text) in zip(indexes, texts) {
      wanted.shown[index] = .some(text)
      wanted.compared[index] = .some(ComparedText.of(text, type: prepared.columns[index].type))
    }
    return wanted
  }

  /// Expected values as PostgreSQL prints them.
  private func read(_ row: TestRow, _ types: [String]) async throws -> [String?] {
    guard !row.cells.isEmpty else { return [] }
    let list = types.enumerated().map { "$\($0 + 1)::\($1)" }.joined(separator: ", ")
    do {
      return try await connection.query("SELECT \(list)", row.cells.map(\.value.sqlText)).values.first ?? []
    } catch let error as PostgresError where !error.endsSession {
      throw Stop.wrong(refused(error, row))
    }
  }

  func difference(
    _ rows: [[String?]], _ wanted: [WantedRow]?, _ prepared: TestTransaction.Prepared
  ) async throws -> ResultDifference? {
    guard let wanted else { return nil }
    let rows = try await withComparableJSON(rows, prepared)
    let compared = rows.map { row in
      zip(row, prepared.columns).map { ComparedText.of($0, type: $1.type) }
    }
    let names = prepared.columns.map(\.name)
    let comparison = ResultComparison(
      columns: names, key: report.materialization.uniqueKey.compactMap(names.firstIndex), wanted: wanted,
      rows: rows, compared: compared)
    return comparison.difference(isOrdered: test.expected.isOrdered)
  }

  /// Two texts of `json` that mean the same differ in blanks and order; those of `jsonb` do not.
  private func withComparableJSON(_ rows: [[String?]], _ prepared: TestTransaction.Prepared) async throws
    -> [[String?]]
  {
    var rows = rows
    for index in prepared.columns.indices where prepared.columns[index].type == "json" {
      for row in rows.indices {
        guard let text = rows[row][index] else { continue }
        rows[row][index] = try await connection.query("SELECT $1::jsonb", [text]).single()
      }
    }
    return rows
  }
}
