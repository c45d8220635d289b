import Foundation
import PostgresClient
import ReportEngine
import ReportLedger
import ReportModel

extension TestRun {
  /// Runs the report's checks on a result, as a run does on staged rows.
  ///
  /// - Returns: the differences from what the test expects.
  func checks(_ prepared: TestTransaction.Prepared, _ rows: [[String?]], _ expected: ExpectedChecks)
    async throws
    -> [Diagnostic]
  {
    let sources = try await transaction.reading { try await readSources() }
    let staging = try await stageResult(prepared, rows)
    let attempt = Attempt(
      id: UUID(), runID: UUID(), report: report, portion: Portion(spans: spans, replacesAll: false),
      number: 1, values: test.parameters)
    let runner = CheckRunner(
      attempt: attempt, staging: staging, timezone: transaction.timezone, primary: transaction.connection,
      sources: sources)
    do {
      let result = try await runner.run(rowsRead: rows.count)
      let broken = try await broken(result, staging)
      return judge(broken, expected)
    } catch let error as RunError where !error.isTransient && error.status == .failed {
      throw Stop.failed(forTest(error.diagnostic))
    }
  }

  // MARK: What checks read

  private func stageResult(_ prepared: TestTransaction.Prepared, _ rows: [[String?]]) async throws
    -> StagingTable
  {
    let table = TestTransaction.resultTable
    _ = try await transaction.connection.execute(
      "CREATE TABLE \(table.quoted) \(ColumnShape.list(prepared.columns))")
    let marks = prepared.columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    for row in rows {
      _ = try await transaction.connection.query("INSERT INTO \(table.quoted) VALUES (\(marks))", row)
    }
    return StagingTable(name: table, isNew: true, columns: prepared.columns)
  }

  /// The other side of `reconcile` checks.
  private func readSources() async throws -> [ReconcileKey: [[String?]]] {
    var sources: [ReconcileKey: [[String?]]] = [:]
    for (number, span) in spans.enumerated() {
      let literals = ReportQuery.literals(
        report: report, bounds: span.bounds, values: test.parameters, timezone: transaction.timezone)
      for check in report.checks {
        guard case .reconcile(_, let source) = check.rule else { continue }
        let sql = "SELECT * FROM (\n\(source.filled(literals).sql)\n) q LIMIT \(ReconcileKey.maxRows + 1)"
        do {
          let rows = try await transaction.connection.query(sql).values
          sources[ReconcileKey(place: check.place, span: number)] = rows
        } catch let error as PostgresError where !error.endsSession {
          var error = error
          error.isOfTestRows = true
          throw Stop.failed(forTest(RunError.inCheck(error, report: report, check: check).diagnostic))
        }
      }
    }
    return sources
  }

  // MARK: What failed

  /// A check that failed, by the names a test may call it.
  private struct FailedCheck {
    var rule: String
    var columns: [String]
    var severity: Check.Severity
    var diagnostic: Diagnostic
  }

  private func broken(_ result: CheckResult, _ staging: StagingTable) async throws -> [FailedCheck] {
    var broken = result.broken.map { found in
      FailedCheck(
        rule: found.check.rule.name, columns: found.check.rule.columns, severity: found.check.severity,
        diagnostic: forTest(found.diagnostic))
    }
    if result.rowsOutside > 0, let column = report.materialization.timeColumn {
      let diagnostic = result.diagnostics.first { $0.file == report.sqlFile }
      broken.append(
        FailedCheck(
          rule: "time_column", columns: [column], severity: .error,
          diagnostic: forTest(diagnostic ?? Diagnostic("rows are outside of the interval"))))
    }
    return try await broken + duplicateKeys(staging)
  }

  /// In a run the publish finds them, and a `unique` check of the same columns is left to it.
  private func duplicateKeys(_ staging: StagingTable) async throws -> [FailedCheck] {
    let key = report.materialization.uniqueKey
    guard !key.isEmpty else { return [] }
    let rows = try await transaction.connection.query(CheckQueries.duplicates(key, staging: staging.name))
      .rows
    guard !rows.isEmpty else { return [] }
    let diagnostic = Diagnostic(
      "several rows have the unique key (\(key.joined(separator: ", ")))", file: report.metadataFile)
    let checks = report.checks.filter { check in
      check.rule.name == "unique" && Set(check.rule.columns) == Set(key) && check.severity == .error
    }
    return [FailedCheck(rule: "unique_key", columns: key, severity: .error, diagnostic: diagnostic)]
      + checks.map { check in
        FailedCheck(rule: "unique", columns: check.rule.columns, severity: .error, diagnostic: diagnostic)
      }
  }

  /// Names the test instead of the effect on what is published, since a test publishes nothing.
  private func forTest(_ diagnostic: Diagnostic) -> Diagnostic {
    var diagnostic = diagnostic
    diagnostic.effect = nil
    diagnostic.detail = "Test \"\(test.name)\", \(file):\(test.place.line)."
    return diagnostic
  }

  // MARK: What a test expects

  private func judge(_ broken: [FailedCheck], _ expected: ExpectedChecks) -> [Diagnostic] {
    func names(_ failure: ExpectedChecks.Failure, _ check: FailedCheck) -> Bool {
      failure.rule == check.rule && failure.column.map(check.columns.contains) ?? true
    }
    let unexpected = broken.filter { check in
      check.severity == .error && !expected.failures.contains { names($0, check) }
    }
    let passing = expected.failures.filter { failure in !broken.contains { names(failure, $0) } }
    return unexpected.map(\.diagnostic)
      + passing.map { failure in
        let column = failure.column.map { " of \"\($0)\"" } ?? ""
        return Diagnostic(
          "check \"\(failure.rule)\"\(column) was expected to fail, but passes", file: file,
          place: failure.place)
      }
  }
}
