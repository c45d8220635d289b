import ReportModel

/// Compares a test with its report, as far as that is possible without a server.
struct TestRules {
  let report: Report
  /// The project's reports by their summary tables.
  let tables: [QualifiedName: Report]

  /// Each interval is a run of its own, so more of them would take too long.
  static let maxIntervals = 400

  // MARK: Interval

  /// - Returns: nil when the node has none of the three keys.
  func intervals(of node: YAMLNode, _ findings: inout Findings) -> [Interval]? {
    let entries = ["date", "from", "to"].compactMap(node.entry)
    guard let first = entries.first else { return nil }
    guard report.period != .none else {
      findings.add(
        .error, "\"\(first.key)\" is given, but the report has no period",
        hint: "It computes all rows at once; remove it.", at: first.keyPlace)
      return []
    }
    guard entries.map(\.key) == ["date"] || entries.map(\.key) == ["from", "to"] else {
      findings.add(
        .error, "\"\(first.key)\" does not stand alone",
        hint: "Write \"date\", or \"from\" and \"to\" together.", at: first.keyPlace)
      return []
    }
    let days = entries.compactMap { $0.value.text.flatMap(CalendarDate.init) }
    guard days.count == entries.count else { return [] }
    if days.count == 1 { return report.period.interval(containing: days[0]).map { [$0] } ?? [] }
    return intervals(from: (days[0], entries[0]), to: (days[1], entries[1]), &findings)
  }

  private func intervals(
    from start: (day: CalendarDate, entry: YAMLEntry), to end: (day: CalendarDate, entry: YAMLEntry),
    _ findings: inout Findings
  ) -> [Interval] {
    guard start.day < end.day else {
      findings.add(.error, "\"from\" is not before \"to\"", at: end.entry.value.place)
      return []
    }
    for (day, entry) in [start, end] {
      guard let interval = report.period.interval(containing: day), interval.start != day else { continue }
      findings.add(
        .error, "\"\(entry.key)\" is not the first day of a \(report.period.rawValue)",
        hint: "Write \(interval.start), or \(interval.end).", at: entry.value.place)
      return []
    }
    guard (end.day.daysSinceEpoch - start.day.daysSinceEpoch) / 31 <= Self.maxIntervals else {
      return refuse(start.entry, &findings)
    }
    let intervals = report.period.intervals(from: start.day, to: end.day)
    if report.materialization.kind == .table, intervals.count > 1 {
      findings.add(
        .error, "a \"table\" report is computed for one interval, its newest",
        hint: "Write \"date\" instead.", at: start.entry.keyPlace)
    }
    return intervals.count <= Self.maxIntervals ? intervals : refuse(start.entry, &findings)
  }

  private func refuse(_ entry: YAMLEntry, _ findings: inout Findings) -> [Interval] {
    findings.add(
      .error, "there are more than \(Self.maxIntervals) intervals", hint: "Choose fewer of them.",
      at: entry.keyPlace)
    return []
  }

  // MARK: Parameters

  func value(of entry: YAMLEntry, _ findings: inout Findings) -> Parameter.Value? {
    let names = report.parameters.map(\.name)
    guard let parameter = report.parameters.first(where: { $0.name == entry.key }) else {
      findings.add(
        .error, "the report has no parameter \"\(excerpt(entry.key))\"",
        hint: Suggestion.hint(for: entry.key, among: names)
          ?? (names.isEmpty ? "It has no parameters." : "It has \(quotedList(names))."), at: entry.keyPlace)
      return nil
    }
    guard let value = parameter.value(entry.value) else {
      findings.add(
        .error, "\"\(parameter.name)\" must be \(parameter.expected), but is \(entry.value.shown)",
        at: entry.value.place)
      return nil
    }
    return value
  }

  /// - Parameter place: of the test.
  func checkComplete(_ setting: TestSetting, at place: SourcePlace, _ findings: inout Findings) {
    if setting.intervals == nil, report.period != .none {
      let day = report.start.map(\.description) ?? "2026-11-22"
      findings.add(
        .error, "the test names no day, but the report is computed by the \(report.period.rawValue)",
        hint: "Add \"date\", such as date: \(day), to the test, or beside \"tests\" for all of them.",
        at: place)
    }
    for parameter in report.parameters
    where parameter.defaultValue == nil && setting.parameters[parameter.name] == nil {
      findings.add(
        .error, "parameter \"\(parameter.name)\" has no value",
        hint: "Add it under \"parameters\": it has no default in \(report.metadataFile).", at: place)
    }
  }

  // MARK: Tables

  func check(_ given: GivenRows, _ findings: inout Findings) {
    if given.table.schema.hasPrefix("pg_") || given.table.schema == "information_schema" {
      findings.add(
        .error, "table \"\(given.table)\" is PostgreSQL's own and cannot be given", at: given.place)
      return
    }
    let reads = report.reads + report.checkReads
    if !reads.contains(given.table), report.syntax == .parser {
      let names = reads.map(\.description)
      findings.add(
        .warning, "table \"\(given.table)\" is given, but the report's SQL does not name it",
        hint: Suggestion.hint(for: given.table.description, among: names)
          ?? (names.isEmpty ? "It names no table." : "It names \(quotedList(names))."), at: given.place)
    }
    guard let known = tables[given.table]?.outputColumns else { return }
    checkColumns(
      of: given.rows, among: known, &findings, "table \"\(given.table)\" has no column", "Its columns are")
  }

  // MARK: Result

  func check(_ expected: ExpectedResult, _ findings: inout Findings) {
    if let rows = expected.rows, let known = report.outputColumns {
      checkColumns(
        of: rows, among: known, &findings, "the report does not give a column", "Its columns are")
    }
    for failure in expected.checks?.failures ?? [] { check(failure, &findings) }
  }

  /// Each name once, however many rows have it.
  private func checkColumns(
    of rows: [TestRow], among known: [String], _ findings: inout Findings, _ message: String,
    _ listed: String
  ) {
    var seen = Set(known)
    for cell in rows.lazy.flatMap(\.cells) where seen.insert(cell.column).inserted {
      findings.add(
        .error, "\(message) \"\(excerpt(cell.column))\"",
        hint: Suggestion.hint(for: cell.column, among: known) ?? "\(listed) \(quotedList(known)).",
        at: cell.columnPlace)
    }
  }

  private func check(_ failure: ExpectedChecks.Failure, _ findings: inout Findings) {
    let exists: Bool
    switch failure.rule {
    case "unique_key": exists = !report.materialization.uniqueKey.isEmpty
    case "time_column": exists = report.materialization.timeColumn != nil && report.period != .none
    default:
      exists = report.checks.contains { check in
        check.rule.name == failure.rule && failure.column.map(check.rule.columns.contains) ?? true
      }
    }
    guard !exists else { return }
    let column = failure.column.map { " of \"\(excerpt($0))\"" } ?? ""
    findings.add(
      .error, "the report has no check \"\(failure.rule)\"\(column) that could fail",
      hint: "Its checks are in \(report.metadataFile).", at: failure.place)
  }
}
