import ReportEngine
import ReportLedger
import ReportModel

/// Metadata of the tests' reports, most of which read `src.sale`.
enum Definition {
  /// The interval's sales, row by row.
  static let sql = """
    select sale.id, sale.day, sale.currency, sale.amount
    from src.sale as sale
    where sale.day >= :start and sale.day < :end
    """

  /// All sales.
  static let wholeSQL = "select sale.id, sale.day, sale.currency, sale.amount from src.sale as sale"

  /// Days since 2024-01-01, one interval's rows replaced.
  static func daily(
    _ keys: String = "", kind: String = "incremental", start: CalendarDate? = nil, period: String = "day",
    export: String = "csv: {}", rest: String = ""
  ) -> String {
    """
    period: \(period)
    start: \(start?.description ?? "2024-01-01")
    materialize: {as: \(kind), table: reports.sale, time_column: day\(keys.isEmpty ? "" : ", " + keys)}
    export: {\(export)}
    \(rest)
    """
  }

  /// Without a period, the whole replaced.
  static func whole(_ keys: String = "", export: String = "csv: {}", rest: String = "") -> String {
    """
    materialize: {as: table, table: reports.sale\(keys.isEmpty ? "" : ", " + keys)}
    export: {\(export)}
    \(rest)
    """
  }

  static func range(_ first: String, _ end: String) -> DateSelection {
    .range(from: date(first), to: date(end))
  }

  static func day(_ text: String) -> DateSelection { .day(date(text)) }

  static func date(_ text: String) -> CalendarDate {
    guard let date = CalendarDate(text) else { preconditionFailure("\(text) is no day") }
    return date
  }
}
