import Foundation
import PostgresClient
import ReportEngine
import ReportLedger
import ReportModel

/// Compares one report in one snapshot.
struct ReportVerifier: Sendable {
  /// Runs the report's query.
  let source: ReplicaSnapshot
  /// Reads what is published, and the ledger, in the same snapshot.
  let table: Connection
  let report: Report
  let choice: VerifyChoice
  let timezone: String
  let fingerprints: FingerprintReader
  /// Intervals that begin before it can no longer be computed; nil without a bound.
  let firstReadableDay: CalendarDate?

  func verify() async throws -> VerifiedReport {
    let clock = ContinuousClock()
    let began = clock.now
    var verified = VerifiedReport(report, .nothingToCompare)
    verified.asOf = source.asOf
    let plan = try await readPlan()
    verified.skipped = plan.skipped
    verified.intervals = plan.intervals
    guard let name = report.materialization.table, let span = plan.spans.first else { return verified }
    switch try await queries(name, span) {
    case .failure(let mismatch):
      verified.state = .drift
      verified.diagnostics.append(mismatch)
    case .success(let queries):
      let compared = try await compare(plan, queries, name)
      verified.asOf = try await source.provenAsOf(of: report)
      verified.drift = compared.drift.drift
      verified.computedRows = compared.computed
      verified.publishedRows = compared.published
      verified.state = verified.rows.isDrift ? .drift : .equal
    }
    if verified.state == .drift { verified.status = .failed }
    verified.seconds = Double((clock.now - began).milliseconds) / 1000
    return verified
  }

  /// Reads the ledger in the snapshot, so that it belongs to the rows of the table.
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

  /// - Returns: as a failure, how the table's columns differ from those of the query, which is drift.
  private func queries(_ name: QualifiedName, _ span: Span) async throws -> Result<VerifyQueries, Diagnostic>
  {
    let columns = try await QueryColumns(connection: source.connection)
      .columns(of: report, span: span, values: [:], timezone: timezone)
    let shape = try await TableShape.read(name, on: table)
    if let mismatch = Self.columnMismatch(report, name, shape, columns) { return .failure(mismatch) }
    let encoding = await source.connection.parameterStatus("server_encoding")
    return .success(
      VerifyQueries(report: report, columns: columns, timezone: timezone, isUTF8: encoding == "UTF8"))
  }

  /// How the table's columns differ from those of the query; nil when names and types are the same.
  static func columnMismatch(
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
    _ plan: VerifyPlan, _ queries: VerifyQueries, _ name: QualifiedName
  ) async throws -> ComparedRows {
    let materialization = report.materialization
    var compared = ComparedRows(
      drift: DriftCollector(
        fields: queries.fields, keyFields: queries.keyFields, timeField: queries.timeField,
        intervals: plan.intervals,
        keepsGone: materialization.kind == .merge && !materialization.deletesInterval))
    for span in plan.spans {
      try Task.checkCancellation()
      let computed = try await computed(queries, span)
      try await compared.compare(computed, published(queries.published(span, in: name), besides: computed))
    }
    if let known = plan.knownIntervals {
      try await compared.compare(NoRows(), table.copyOut(queries.outside(known, in: name)))
    }
    for session in [source.connection, table] { try await ReplacedTables(connection: session).requireNone() }
    return compared
  }

  /// - Parameter computed: cancelled when the published rows cannot be read.
  private func published(_ sql: String, besides computed: any CopySource) async throws -> any CopySource {
    do {
      return try await table.copyOut(sql)
    } catch {
      await computed.cancel()
      throw error
    }
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

/// What was compared of one report so far.
private struct ComparedRows {
  private(set) var drift: DriftCollector
  /// How many rows the source gave.
  private(set) var computed = 0
  /// How many rows of the table were read.
  private(set) var published = 0

  init(drift: DriftCollector) { self.drift = drift }

  /// Reads both sources to their end; cancels both when either fails.
  mutating func compare(_ computedRows: any CopySource, _ publishedRows: any CopySource) async throws {
    var comparison = RowComparison(drift: drift)
    do {
      try await comparison.run(computedRows, publishedRows)
    } catch {
      await computedRows.cancel()
      await publishedRows.cancel()
      throw error
    }
    drift = comparison.drift
    computed += await computedRows.rowCount
    published += await publishedRows.rowCount
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

/// The source side for rows outside of every interval: none.
private struct NoRows: CopySource {
  func next() async -> [UInt8]? { nil }
  var rowCount: Int { 0 }
}
