import PostgresClient
import ReportEngine
import ReportLedger
import ReportModel

/// One report, as the servers see it.
struct ReportLint: Sendable {
  let report: Report
  let graph: DependencyGraph
  let timezone: String

  /// Where the query runs: a view's on the primary.
  private var isView: Bool { report.materialization.kind == .view }

  /// - Throws: when a server cannot be asked any more.
  func findings(replica: Connection, primary: Connection, servers: Servers) async throws -> [Diagnostic] {
    let reader = isView ? primary : replica
    if let missing = try await missingUpstream(on: reader) { return [missing] }
    var found: [Diagnostic] = []
    var elsewhere: Set<String> = []
    do {
      let columns = try await asking(reader) {
        let columns = try await self.columns(on: reader)
        let rows = try await RowsElsewhere.read(by: report, in: reader)
        elsewhere = Set(rows.sources)
        do { try rows.requireAllowed(by: report) } catch {
          found.append(try await diagnostic(error, servers))
        }
        return columns
      }
      found += try await fit(columns, primary)
      for check in report.checks { found += try await lint(check, columns, replica, primary, servers) }
    } catch {
      found.append(try await diagnostic(error, servers))
    }
    return found
      + (try await asking(reader) {
        try await HiddenDependencies(graph: graph, connection: reader).warnings(report, known: elsewhere)
      })
  }

  /// What is wrong with the query alone.
  ///
  /// - Throws: when the server cannot be asked any more.
  func queryFindings(on reader: Connection, servers: Servers) async throws -> [Diagnostic] {
    do {
      return try await asking(reader) {
        _ = try await columns(on: reader)
        let rows = try await RowsElsewhere.read(by: report, in: reader)
        do { try rows.requireAllowed(by: report) } catch { return [try await diagnostic(error, servers)] }
        return []
      }
    } catch {
      return [try await diagnostic(error, servers)]
    }
  }

  /// Rolls back whatever the body did to the session.
  private func asking<Value: Sendable>(_ connection: Connection, _ body: () async throws -> Value)
    async throws
    -> Value
  {
    _ = try await connection.execute("BEGIN READ ONLY")
    do {
      let value = try await body()
      await connection.rollback()
      return value
    } catch {
      await connection.rollback()
      throw error
    }
  }

  /// - Throws: an error of a lost session; any other one becomes a finding.
  private func diagnostic(_ error: any Error, _ servers: Servers) async throws -> Diagnostic {
    if error is CancellationError { throw error }
    let failure = RunError.from(error)
    if failure.isTransient { throw failure }
    var diagnostic = await servers.explainingRights(failure, [report]).diagnostic
    diagnostic.effect = nil
    diagnostic.file = diagnostic.file ?? report.sqlFile
    return diagnostic
  }

  // MARK: Query

  private func missingUpstream(on connection: Connection) async throws -> Diagnostic? {
    for table in report.reads {
      guard let maker = graph.maker(of: table), maker != report.name else { continue }
      guard try await TableShape.read(table, on: connection) == nil else { continue }
      return Diagnostic(
        .warning, "\"\(report.name)\" was not checked: \(table) does not exist yet",
        hint: "\"\(maker)\" makes it in its first run.", file: report.sqlFile)
    }
    return nil
  }

  /// Types do not depend on the interval.
  private var span: Span {
    report.start.flatMap(report.period.interval).map { Span(intervals: [$0]) } ?? .whole
  }

  /// Describes the query, and plans it: only then rights are looked at.
  private func columns(on connection: Connection) async throws -> [ColumnShape] {
    if isView { try await TrustedCasts.require(report, on: connection) }
    let columns = try await QueryColumns(connection: connection)
      .columns(of: report, span: span, values: [:], timezone: timezone)
    let query = ReportQuery(
      report: report, span: span, values: [:], timezone: timezone, columns: columns, order: report.fileOrder)
    do {
      _ = try await connection.query(Self.explain + query.sql)
    } catch let error as PostgresError where !error.isTransient {
      let place = error.position.flatMap { query.sourcePlace(serverPosition: $0, behind: Self.explain) }
      throw RunError.inReport(error, report: report, place: place)
    }
    return columns
  }

  private static let explain = "EXPLAIN "

  /// Whether the summary table takes the columns.
  private func fit(_ columns: [ColumnShape], _ primary: Connection) async throws -> [Diagnostic] {
    guard let table = report.materialization.table, !isView,
      let existing = try await TableShape.read(table, on: primary)
    else { return [] }
    do {
      _ = try SummaryTableChanges(
        report: report, existing: existing, name: table, finalName: table, columns: columns)
      return []
    } catch {
      var diagnostic = error
      diagnostic.effect = nil
      return [diagnostic]
    }
  }

  // MARK: Checks

  private func lint(
    _ check: Check, _ columns: [ColumnShape], _ replica: Connection, _ primary: Connection, _ servers: Servers
  ) async throws -> [Diagnostic] {
    do {
      if case .reconcile(_, let source) = check.rule {
        let literals = ReportQuery.literals(
          report: report, bounds: span.bounds, values: [:], timezone: timezone)
        try await plan(check, source.filled(literals).sql, on: replica, inSnapshot: true)
      }
      if let sql = overStaging(check, columns) { try await plan(check, sql, on: primary) }
      return []
    } catch {
      return [try await diagnostic(error, servers)]
    }
  }

  /// The check's SQL with an empty table of the query's columns in place of the staging table; nil for checks without SQL
  /// of others.
  private func overStaging(_ check: Check, _ columns: [ColumnShape]) -> String? {
    let list = columns.map { "NULL::\($0.type) AS \(SQLQuote.identifier($0.name))" }
    let staging = "WITH reportgen_staged AS (SELECT \(list.joined(separator: ", ")) WHERE false)\n"
    switch check.rule {
    case .notNull, .unique, .range, .acceptedValues, .rows: return nil
    case .relationships(let column, let to, let field):
      return "\(staging)SELECT FROM reportgen_staged s JOIN \(to.quoted) t"
        + " ON t.\(SQLQuote.identifier(field)) = s.\(SQLQuote.identifier(column))"
    case .sql(let query), .reconcile(let query, _):
      var literals = ReportQuery.literals(
        report: report, bounds: span.bounds, values: [:], timezone: timezone)
      literals["staging"] = "reportgen_staged"
      return "\(staging)SELECT * FROM (\n\(query.filled(literals).sql)\n) q"
    }
  }

  /// - Parameter inSnapshot: the report's as-of has to hold for what is read.
  private func plan(_ check: Check, _ sql: String, on connection: Connection, inSnapshot: Bool = false)
    async throws
  {
    do {
      try await asking(connection) {
        _ = try await connection.query(Self.explain + sql)
        if inSnapshot {
          try await RowsElsewhere.read(by: report, in: connection).requireAllowed(by: report)
        }
      }
    } catch let error as PostgresError where !error.isTransient {
      throw RunError.inCheck(error, report: report, check: check)
    }
  }
}
