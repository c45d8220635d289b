import PostgresClient
import ReportLedger
import ReportModel

/// What the checks of one attempt found.
package struct CheckResult: Hashable, Sendable {
  /// Rows of each interval, in the order of the intervals; one number without intervals.
  var rowCounts: [Int]
  /// Rows that belong to none of them.
  package var rowsOutside: Int
  /// Index of an interval whose rows must not be published, with its first reason.
  package var failed: [Int: Diagnostic]
  /// Every finding of either severity, in the order of the checks.
  package var diagnostics: [Diagnostic]
  /// What failed for several intervals at once, since the check could not say for which of them.
  var undivided: Diagnostic?
  /// What each check of the definition found.
  package var counts: [CheckCount] = []
  /// The checks that failed; one of several columns once for each column that fails.
  package var broken: [BrokenCheck] = []

  func isPublishable(_ index: Int) -> Bool { failed[index] == nil }
}

/// A check that failed, and its message.
package struct BrokenCheck: Hashable, Sendable {
  /// Of a check of several columns, the check of the column that failed.
  package var check: Check
  package var diagnostic: Diagnostic
}

/// Runs a report's checks on its staging table.
///
/// Conditions on single rows and the rows of each interval are found in one pass; other checks take a statement each.
package struct CheckRunner: Sendable {
  let attempt: Attempt
  let staging: StagingTable
  let timezone: String
  let primary: Connection
  /// What the source queries of `reconcile` checks gave in the snapshot of the read, by check and span.
  let sources: [ReconcileKey: [[String?]]]

  package init(
    attempt: Attempt, staging: StagingTable, timezone: String, primary: Connection,
    sources: [ReconcileKey: [[String?]]]
  ) {
    self.attempt = attempt
    self.staging = staging
    self.timezone = timezone
    self.primary = primary
    self.sources = sources
  }

  private var report: Report { attempt.report }
  private var intervals: [Interval] { attempt.portion.intervals }

  /// - Parameter rowsRead: what the staging table should hold; the count where no check needs a scan.
  /// - Throws: `RunError` for a check's own SQL that fails.
  package func run(rowsRead: Int) async throws -> CheckResult {
    let scan = StagedScan(report: report, intervals: intervals, timezone: timezone)
    var finding = scan.finding(ofCounts: [rowsRead])
    if scan.needsScan {
      finding = scan.finding(try await primary.queryReadOnly(scan.sql(staging.name)).rows)
    }
    return try await run(scan, finding)
  }

  /// The same where the rows were scanned while they were read.
  func run(_ scan: StagedScan, _ finding: StagedScan.Finding) async throws -> CheckResult {
    var result = CheckResult(
      rowCounts: finding.rowCounts, rowsOutside: finding.outside, failed: [:], diagnostics: [])
    checkBounds(finding, &result)
    try await checkConditions(scan, finding, &result)
    for check in report.checks {
      let rows = try await run(check, &result) ?? scanned(check, scan, finding)
      let isBroken = result.broken.contains { $0.check.place == check.place }
      result.counts.append(
        CheckCount(check, passed: !isBroken, rows: rows, limit: countLimit(check)))
    }
    return result
  }

  // MARK: Rows of the scan

  private func checkBounds(_ finding: StagedScan.Finding, _ result: inout CheckResult) {
    guard finding.outside > 0, let column = report.materialization.timeColumn else { return }
    let hint =
      attempt.report.catchUp == .state
      ? "The state is recorded for the newest closed interval: select a day of it as \(column), such as"
        + " current_date - 1; or :start, with \"catch_up: none\"."
      : "Let the query keep to rows from :start up to, but without, :end."
    let diagnostic = Diagnostic(
      "\(finding.outside) staged \(finding.outside == 1 ? "row has" : "rows have") a \"\(column)\" that is null or outside of the interval",
      detail: "Interval \(attempt.intervalText).", effect: .nothingPublished,
      hint: hint, file: report.sqlFile)
    result.diagnostics.append(diagnostic)
    for index in result.rowCounts.indices { result.failed[index] = result.failed[index] ?? diagnostic }
  }

  private func checkConditions(
    _ scan: StagedScan, _ finding: StagedScan.Finding, _ result: inout CheckResult
  ) async throws {
    for (condition, broken) in zip(scan.conditions, finding.violations) where !broken.isEmpty {
      var keys: [[String?]] = []
      if let sql = CheckQueries.offenders(condition, report: report, staging: staging.name) {
        keys = try await primary.queryReadOnly(sql).values
      }
      let count = broken.values.reduce(0, +)
      let message =
        "check \(describe(condition.check.rule)) failed for \(count) \(count == 1 ? "row" : "rows")"
      record(condition.check, message, keys: keys, intervals: Array(broken.keys), &result)
    }
  }

  // MARK: Checks with a statement of their own

  /// - Returns: how many rows break the check, or how many there are for `rows`; nil where the scan, or nothing, counts
  ///   them.
  private func run(_ check: Check, _ result: inout CheckResult) async throws -> Int? {
    switch check.rule {
    case .notNull, .range, .acceptedValues: return nil
    case .rows(let min, let max):
      checkRows(check, min: min, max: max, &result)
      return result.rowCounts.reduce(0, +)
    case .unique(let columns): return try await checkUnique(check, columns, &result)
    case .relationships(let column, let to, let field):
      let sql = CheckQueries.orphans(column: column, to: to, field: field, staging: staging.name)
      let rows = try await primary.queryReadOnly(sql).values
      if !rows.isEmpty {
        record(
          check, "check \(describe(check.rule)) found values that \(to) does not have", keys: rows, &result)
      }
      return rows.count
    case .sql(let query): return try await checkSQL(check, query, &result)
    case .reconcile(let query, _):
      try await checkReconcile(check, query, &result)
      return nil
    }
  }

  private func checkRows(_ check: Check, min: Int?, max: Int?, _ result: inout CheckResult) {
    for (index, count) in result.rowCounts.enumerated() {
      let isTooFew = min.map { count < $0 } ?? false
      guard isTooFew || max.map({ count > $0 }) ?? false else { continue }
      let bound = isTooFew ? "at least \(min ?? 0)" : "at most \(max ?? 0)"
      let place = intervals.isEmpty ? "" : " in \(intervals[index])"
      record(
        check, "check rows failed: \(count) rows\(place), expected \(bound)", keys: [], intervals: [index],
        &result)
    }
  }

  /// Equal rows of one unique key are found by the publish itself, which pairs rows by it.
  private func checkUnique(_ check: Check, _ columns: [String], _ result: inout CheckResult) async throws
    -> Int
  {
    if check.severity == .error, Set(columns) == Set(report.materialization.uniqueKey) { return 0 }
    let rows = try await primary.queryReadOnly(CheckQueries.duplicates(columns, staging: staging.name)).values
    if !rows.isEmpty { record(check, "check \(describe(check.rule)) failed", keys: rows, &result) }
    return rows.count
  }

  private func checkSQL(_ check: Check, _ query: QueryText, _ result: inout CheckResult) async throws -> Int {
    var count = 0
    for span in attempt.portion.spans {
      let rows = try await rowsOverStaging(query, check: check, span: span, limit: CheckQueries.limit).values
      guard !rows.isEmpty else { continue }
      count += rows.count
      record(
        check, "check sql returned rows", keys: rows.map { Array($0.prefix(1)) }, intervals: indexes(span),
        isExact: span.intervals.count < 2, &result)
    }
    return count
  }

  private func checkReconcile(_ check: Check, _ query: QueryText, _ result: inout CheckResult) async throws {
    for (number, span) in attempt.portion.spans.enumerated() {
      // Groups come in another order from another server.
      let rows = try await rowsOverStaging(query, check: check, span: span, limit: ReconcileKey.maxRows + 1)
      let staged = sorted(rows.values)
      let source = sorted(sources[ReconcileKey(place: check.place, span: number)] ?? [])
      guard max(staged.count, source.count) <= ReconcileKey.maxRows else {
        record(
          check, "check reconcile compares at most \(ReconcileKey.maxRows) rows, and there are more",
          keys: [],
          intervals: indexes(span), &result)
        continue
      }
      guard staged != source else { continue }
      let difference = zip(staged, source).first { $0 != $1 }
      let shown =
        difference.map { "staging gives (\(text($0, rows.columnNames))), the source (\(text($1)))" }
        ?? "staging gives \(staged.count) rows, the source \(source.count)"
      record(
        check, "check reconcile failed: \(shown)", keys: [], intervals: indexes(span),
        isExact: span.intervals.count < 2, &result)
    }
  }

  private func sorted(_ rows: [[String?]]) -> [[String?]] {
    rows.sorted { left, right in
      left.lexicographicallyPrecedes(right) { ($0 ?? "", $0 == nil ? 0 : 1) < ($1 ?? "", $1 == nil ? 0 : 1) }
    }
  }

  private func rowsOverStaging(_ query: QueryText, check: Check, span: Span, limit: Int) async throws
    -> Rows
  {
    let sql = CheckQueries.overStaging(
      query, report: report, span: span, isOnlySpan: attempt.portion.spans.count == 1, values: attempt.values,
      staging: staging.name, timezone: timezone, limit: limit)
    do {
      return try await primary.queryReadOnly(sql)
    } catch let error as PostgresError where !error.isTransient {
      throw RunError.inCheck(error, report: report, check: check)
    }
  }

  // MARK: Findings

  /// Rows of the scan that break a check of several columns count once for each column.
  ///
  /// - Returns: nil for a check that the scan does not decide.
  private func scanned(_ check: Check, _ scan: StagedScan, _ finding: StagedScan.Finding) -> Int? {
    let counts = zip(scan.conditions, finding.violations).filter { $0.0.check.place == check.place }
      .map { $0.1.values.reduce(0, +) }
    return counts.isEmpty ? nil : counts.reduce(0, +)
  }

  /// How many rows the statement of a check returns at most; nil where all are counted.
  private func countLimit(_ check: Check) -> Int? {
    switch check.rule {
    case .unique, .relationships, .sql: CheckQueries.limit
    case .notNull, .range, .acceptedValues, .rows, .reconcile: nil
    }
  }

  private func indexes(_ span: Span) -> [Int] {
    span.intervals.isEmpty ? [0] : span.intervals.compactMap(intervals.firstIndex)
  }

  /// - Parameters:
  ///   - affected: indexes of the intervals whose rows fail; nil for all of them.
  ///   - isExact: false when the rows of only some of them may be the cause.
  private func record(
    _ check: Check, _ message: String, keys: [[String?]], intervals affected: [Int]? = nil,
    isExact: Bool = true, _ result: inout CheckResult
  ) {
    let isError = check.severity == .error
    var details: [String] = []
    if !keys.isEmpty {
      let shown = keys.prefix(CheckQueries.limit - 1).map { "(\(text($0)))" }.joined(separator: ", ")
      details.append("Keys: \(shown)\(keys.count >= CheckQueries.limit ? ", …" : "").")
    }
    let diagnostic = Diagnostic(
      isError ? .error : .warning, message, detail: details.isEmpty ? nil : details.joined(separator: " "),
      effect: isError ? .publishedStays(nil) : nil,
      file: report.metadataFile, place: check.place)
    result.diagnostics.append(diagnostic)
    result.broken.append(BrokenCheck(check: check, diagnostic: diagnostic))
    guard isError else { return }
    if affected == nil ? intervals.count > 1 : !isExact { result.undivided = result.undivided ?? diagnostic }
    for index in affected ?? Array(result.rowCounts.indices) {
      result.failed[index] = result.failed[index] ?? diagnostic
    }
  }

  private func text(_ values: [String?]) -> String { values.map { $0 ?? "null" }.joined(separator: ", ") }

  /// `purchases 3, units 7`.
  private func text(_ values: [String?], _ names: [String]) -> String {
    zip(names, values).map { "\($0) \($1 ?? "null")" }.joined(separator: ", ")
  }

  private func describe(_ rule: Check.Rule) -> String {
    switch rule {
    case .notNull(let columns): "not_null of \"\(columns.joined(separator: "\", \""))\""
    case .unique(let columns): "unique of (\(columns.joined(separator: ", ")))"
    case .range(let column, _, _): "range of \"\(column)\""
    case .acceptedValues(let column, _): "accepted_values of \"\(column)\""
    case .rows: "rows"
    case .relationships(let column, _, _): "relationships of \"\(column)\""
    case .sql: "sql"
    case .reconcile: "reconcile"
    }
  }
}
