import ReportModel

/// The statement that computes a span of a report: its SQL with the literals filled in, casts to the declared types,
/// and the order of its file.
package struct ReportQuery: Hashable, Sendable {
  let filled: FilledQuery
  private let prefix: String
  private let suffix: String

  /// The whole statement, without a semicolon, ending in a line feed.
  package var sql: String { prefix + filled.sql + suffix }

  /// - Parameters:
  ///   - columns: the query's columns, for casts and order; nil before they are known, when neither is added.
  ///   - order: empty for any order.
  package init(
    report: Report, span: Span, values: [String: Parameter.Value], timezone: String,
    columns: [ColumnShape]?,
    order: [ExportSettings.SortKey] = []
  ) {
    filled = report.query.filled(
      Self.literals(report: report, bounds: span.bounds, values: values, timezone: timezone))
    let casts = Dictionary(
      (columns ?? []).map { ($0.name, [report.column($0.name)?.type, $0.standIn].compactMap(\.self)) }
    ) { first, _ in first }
    guard let columns, !order.isEmpty || casts.values.contains(where: { !$0.isEmpty }) else {
      (prefix, suffix) = ("", "\n")
      return
    }
    func value(_ name: String) -> String {
      "q." + SQLQuote.identifier(name) + (casts[name] ?? []).map { "::" + $0 }.joined()
    }
    let list = columns.map { column in
      value(column.name) + (casts[column.name] == [] ? "" : " AS " + SQLQuote.identifier(column.name))
    }
    prefix = "SELECT \(list.joined(separator: ", ")) FROM (\n"
    suffix = "\n) q" + Self.orderBy(order, value) + "\n"
  }

  private static let copyOut = "COPY (\n"

  /// The COPY that streams the rows.
  package func copyOut(_ format: CopyFormat) -> String {
    Self.copyOut + sql + ") TO STDOUT" + (format == .binary ? " (FORMAT binary)" : "")
  }

  /// - Parameter serverPosition: in the text of `copyOut`.
  package func sourcePlace(serverPosition: Int) -> SourcePlace? {
    filled.sourcePlace(serverPosition: serverPosition, prefix: Self.copyOut + prefix)
  }

  /// - Parameter text: what was sent before `sql`.
  package func sourcePlace(serverPosition: Int, behind text: String) -> SourcePlace? {
    filled.sourcePlace(serverPosition: serverPosition, prefix: text + prefix)
  }

  /// - Parameter serverPosition: in `sql`, counted in characters from 1.
  /// - Returns: nil for a position outside of the report's own text.
  package func describedPlace(serverPosition: Int) -> SourcePlace? {
    filled.sourcePlace(serverPosition: serverPosition, prefix: prefix)
  }

  /// Bounds take the type of the time column: `date` unless it declares a timestamp.
  package static func literals(
    report: Report, bounds: Interval?, values: [String: Parameter.Value], timezone: String
  ) -> [String: QueryText.Literal] {
    var literals: [String: QueryText.Literal] = [:]
    for parameter in report.parameters {
      literals[parameter.name] = .init(
        parameter.literal(values[parameter.name] ?? parameter.defaultValue ?? .null))
    }
    for (name, day) in [("start", bounds?.start), ("end", bounds?.end)] {
      guard let day else { continue }
      literals[name] = .init(
        boundLiteral(day, report: report, timezone: timezone),
        untyped: hasDateBounds(report) ? DayBound.untyped(day, timezone: timezone) : nil)
    }
    return literals
  }

  /// The beginning of a day as a literal of the time column's type.
  ///
  /// - Parameter timezone: decides where the day begins, for a `timestamptz` column.
  package static func boundLiteral(_ day: CalendarDate, report: Report, timezone: String) -> String {
    let declared = boundType(report)
    if declared.hasPrefix("timestamptz") || declared.hasSuffix("with time zone") {
      return DayBound.timestamptz(day, timezone: timezone)
    }
    if declared.hasPrefix("timestamp") { return SQLQuote.literal("\(day) 00:00:00") + "::timestamp" }
    return SQLQuote.literal(day.description) + "::date"
  }

  /// A bound to be compared with the time column, whose type may be another than the bounds' where none is declared.
  package static func comparedBound(_ day: CalendarDate, report: Report, timezone: String) -> String {
    let untyped = hasDateBounds(report) ? DayBound.untyped(day, timezone: timezone) : nil
    return untyped ?? boundLiteral(day, report: report, timezone: timezone)
  }

  /// The beginnings of days for `width_bucket` of the time column, which takes one type alone.
  ///
  /// Where one of the days has two midnights they are moments: a date or a timestamp of that day is cast to the second
  /// midnight or later, and a moment is compared with the first.
  package static func bucketBounds(_ days: [CalendarDate], report: Report, timezone: String) -> [String] {
    let areMoments =
      hasDateBounds(report) && days.contains { DayBound.hasTwoMidnights($0, timezone: timezone) }
    return days.map { day in
      areMoments
        ? DayBound.timestamptz(day, timezone: timezone)
        : boundLiteral(day, report: report, timezone: timezone)
    }
  }

  private static func hasDateBounds(_ report: Report) -> Bool { !boundType(report).hasPrefix("timestamp") }

  private static func boundType(_ report: Report) -> String {
    report.materialization.timeColumn.flatMap { report.column($0)?.type }?.lowercased()
      .replacing("pg_catalog.", with: "") ?? "date"
  }

  /// ` ORDER BY …` with a leading space; empty without keys.
  package static func orderBy(_ keys: [ExportSettings.SortKey], alias: String) -> String {
    orderBy(keys) { "\(alias).\(SQLQuote.identifier($0))" }
  }

  private static func orderBy(_ keys: [ExportSettings.SortKey], _ value: (String) -> String) -> String {
    guard !keys.isEmpty else { return "" }
    return " ORDER BY "
      + keys.map { value($0.column) + ($0.descending ? " DESC" : "") }.joined(separator: ", ")
  }
}

extension Report {
  /// The order of the report's CSV; empty for any order.
  package var fileOrder: [ExportSettings.SortKey] {
    switch export.order {
    case .none: []
    case .columns(let keys): keys
    case .key: materialization.uniqueKey.map { .init(column: $0) }
    }
  }
}
