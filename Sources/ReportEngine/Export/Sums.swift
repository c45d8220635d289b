import PostgresClient
import ReportExport
import ReportModel

/// The sums of an export's rows, which the server has added up; read once for page and workbook.
struct Sums: Sendable {
  let totals: HTMLSettings.Totals
  /// As `TotalsQuery.groups` gives them.
  let rows: [[String?]]

  /// - Returns: nil when the report has no workbook, or declares no sums for it.
  static func read(_ report: Report, _ queries: ExportQueries, on source: Connection) async throws -> Sums? {
    guard report.export.xlsx != nil else { return nil }
    return try await forSheet(report, queries, on: source)
  }

  /// - Returns: the sums below the rows of a sheet; nil when the report declares none.
  static func forSheet(
    _ report: Report, _ queries: ExportQueries, on source: Connection
  ) async throws -> Sums? {
    guard let totals = report.export.xlsx?.totals ?? report.export.html?.totals else { return nil }
    return Sums(totals: totals, rows: try await source.query(queries.totals(totals)).values)
  }

  /// - Parameter columns: of the sheet, by name.
  func below(_ columns: [String]) -> SheetTotals {
    let width = totals.by.count
    let lines = rows.map { row in
      columns.map { column -> String? in
        if let index = totals.sum.firstIndex(of: column) { return row[width + index] }
        return totals.by.firstIndex(of: column).flatMap { row[$0] }
      }
    }
    let count = rows.first?.last?.flatMap { Int($0) } ?? 0
    return SheetTotals(
      rows: lines, sums: Set(totals.sum), by: Set(totals.by), missing: max(0, count - rows.count))
  }
}
