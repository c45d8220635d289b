import ReportModel

extension SummaryTableChanges {
  /// Comments of a view.
  package static func viewStatements(report: Report, existing: TableShape, name: QualifiedName) -> [String] {
    var statements: [String] = []
    let comment = report.description.map { "\(report.title). \($0)" } ?? report.title
    if existing.comment != comment {
      statements.append("COMMENT ON VIEW \(name.quoted) IS \(SQLQuote.literal(comment))")
    }
    for column in report.columns {
      guard let wanted = column.description ?? column.title else { continue }
      guard existing.columns.first(where: { $0.name == column.name })?.comment != wanted else { continue }
      statements.append(
        "COMMENT ON COLUMN \(name.quoted).\(SQLQuote.identifier(column.name)) IS \(SQLQuote.literal(wanted))")
    }
    return statements
  }
}
