import Foundation
import PostgresClient
import ReportEngine
import ReportLedger
import ReportModel

/// Compares one report in one snapshot.
struct ReportVerifier: Sendable {
  /// Runs the report's query.
  package let source: ReplicaSnapshot
  /// Reads what is published, and the ledger, in the same snapshot.
  package let table: Connection
  package let report: Report
  package let choice: VerifyChoice
  package let timezone: String
  package let fingerprints: FingerprintReader
  /// What begins before it cannot be computed any more.
  let firstReadableDay: CalendarDate?

  package func verify() async throws -> VerifiedReport {
    let clock = ContinuousClock()
    let began = clock.now
    var verified = VerifiedReport(report, .nothingToCompare)
    verified.asOf = source.asOf
    let plan = try await readPlan()
    verified.skipped = plan.skipped
    verified.intervals = plan.intervals
    guard let name = report.materialization.table, let span = plan.spans.first else { return verified }
    verified.state = .equal
    if let queries = try await queries(name, span, &verified) {
      try await compare(plan, queries, name, &verified)
    }
    verified.seconds = Double((clock.now - began).milliseconds) / 1000
    return verified
  }

  /// The ledger of the snapshot: what it says, and what the table holds, is of one moment.
  private func readPlan() async throws -> VerifyPlan {
    let ledger = Ledger(connection: table)
    let published = try await ledger.published([report.name])[report.name] ?? []
    let expired = try await ledger.intervals(of: [report.name])[report.name] ?? []
    let changes = DefinitionChanges(ledger: ledger, fingerprints: fingerprints)
    let changed = try await changes.changed([(report, Set(published.map(\.fingerprint)))])
    return VerifyPlan(
      report, published: published,
      expired: expired.filter { $0.state == .expired }.compactMap(\.interval), changed: changed[0],
      firstReadableDay: firstReadableDay, choice: choice)
  }

  /// - Returns: nil when the table is not one that the query's rows fit into, which is drift.
  private func queries(_ name: QualifiedName, _ span: Span, _ verified: inout VerifiedReport) async throws
    -> VerifyQueries?
  {
    let columns = try await QueryColumns(connection: source.connection)
      .columns(of: report, span: span, values: [:], timezone: timezone)
    let shape = try await TableShape.read(name, on: table)
    if let reason = Self.otherShape(report, name, shape, columns) {
      verified.state = .drift
      verified.status = .failed
      verified.diagnostics.append(reason)
      return nil
    }
    let encoding = await source.connection.parameterStatus("server_encoding")
    return VerifyQueries(
      report: report, columns: columns, timezone: timezone, isUTF8: encoding == "UTF8")
  }

  /// Why the table's columns are not those of the query.
  static func otherShape(
    _ report: Report, _ table: QualifiedName, _ shape: TableShape?, _ columns: [ColumnShape]
  ) -> Diagnostic? {
    let detail = "The ledger says that its rows are published. Nothing was compared."
    guard let shape else {
      return Diagnostic("\(table) does not exist", detail: detail, file: report.metadataFile)
    }
    func types(_ columns: [ColumnShape]) -> [String: String] {
      Dictionary(columns.map { ($0.name, $0.type) }) { first, _ in first }
    }
    let (wanted, found) = (types(columns), types(shape.columns))
    guard let name = Set(wanted.keys).union(found.keys).sorted().first(where: { wanted[$0] != found[$0] })
    else { return nil }
    return Diagnostic(
      "column \"\(name)\" is \(found[name] ?? "missing") in \(table), \(wanted[name] ?? "missing") in the query",
      detail: detail, file: report.sqlFile)
  }

  private func compare(
    _ plan: VerifyPlan, _ queries: VerifyQueries, _ name: QualifiedName, _ verified: inout VerifiedReport
  ) async throws {
    let materialization = report.materialization
    var drift = DriftCollector(
      fields: queries.fields, keyFields: queries.keyFields, timeField: queries.timeField,
      intervals: plan.intervals,
      keepsGone: materialization.kind == .merge && !materialization.deletesInterval)
    for span in plan.spans {
      try Task.checkCancellation()
      try await compare(
        { try await computed(queries, span) }, queries.published(span, in: name), &drift, &verified)
    }
    if let known = plan.knownIntervals {
      try await compare({ NoRows() }, queries.outside(known, in: name), &drift, &verified)
    }
    for session in [source.connection, table] { try await ReplacedTables(connection: session).requireNone() }
    verified.drift = drift.drift
    if verified.rows.isDrift {
      verified.state = .drift
      verified.status = .failed
    }
  }

  private func compare(
    _ computed: () async throws -> any CopySource, _ published: String, _ drift: inout DriftCollector,
    _ verified: inout VerifiedReport
  ) async throws {
    let left = try await computed()
    let right: any CopySource
    do {
      right = try await table.copyOut(published)
    } catch {
      await left.cancel()
      throw error
    }
    var comparison = RowComparison(drift: drift)
    do {
      try await comparison.run(left, right)
    } catch {
      await left.cancel()
      await right.cancel()
      throw error
    }
    drift = comparison.drift
    verified.computedRows += await left.rowCount
    verified.publishedRows += await right.rowCount
  }

  private func computed(_ queries: VerifyQueries, _ span: Span) async throws -> any CopySource {
    let (sql, prefix, query) = queries.computed(span)
    return SourceErrors(source: try await copyOut(sql, prefix, query), report: report)
  }

  private func copyOut(_ sql: String, _ prefix: String, _ query: ReportQuery) async throws -> any CopySource {
    do {
      return try await source.connection.copyOut(sql)
    } catch let error as PostgresError where !error.isTransient {
      let place = error.position.flatMap { query.sourcePlace(serverPosition: $0, behind: prefix) }
      throw RunError.inReport(
        error, report: report, place: place, detail: "Nothing was compared.", effect: nil)
    }
  }
}

/// An error in the report's rows is an error of its SQL, whichever row it comes with.
private struct SourceErrors: CopySource {
  let source: any CopySource
  let report: Report

  func next() async throws -> [UInt8]? {
    do {
      return try await source.next()
    } catch let error as PostgresError where !error.isTransient {
      throw RunError.inReport(error, report: report, place: nil, detail: "Nothing was compared.", effect: nil)
    }
  }

  var rowCount: Int { get async { await source.rowCount } }
  func cancel() async { await source.cancel() }
}

/// Nothing is computed for rows that no interval has.
private struct NoRows: CopySource {
  func next() async -> [UInt8]? { nil }
  var rowCount: Int { 0 }
}
