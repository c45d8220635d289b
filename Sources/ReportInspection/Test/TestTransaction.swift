import PostgresClient
import ReportLedger
import ReportModel

/// A transaction on the sandbox's primary in which only the tests' own tables can be read; it ends with its
/// connection, and always by a rollback.
///
/// It is set up once for all tests of a command. Each test begins and ends at a savepoint, with all tables empty.
struct TestTransaction: Sendable {
  /// A report whose query the server has described.
  struct Prepared: Sendable {
    var columns: [ColumnShape]
    /// The types by which expected values are read: those of the columns without their modifiers, which would round
    /// or cut a value that is not expected to fit.
    var readTypes: [String]
  }

  let connection: Connection
  let timezone: String
  let reader: String
  let patienceSeconds: Int
  /// Names of the columns of each replaced table.
  private(set) var columns: [QualifiedName: [String]] = [:]
  /// Tables and views of the sandbox, for suggestions.
  private(set) var known: [QualifiedName] = []
  private(set) var prepared: [String: Result<Prepared, RunError>] = [:]

  init(connection: Connection, timezone: String, reader: String, patienceSeconds: Int) {
    self.connection = connection
    self.timezone = timezone
    self.reader = reader
    self.patienceSeconds = patienceSeconds
  }

  /// Where a result is put for the report's checks.
  static let resultTable = QualifiedName(schema: "reportgen test", name: "result")

  // MARK: Setting up

  mutating func prepare(_ suites: [ReportTests], graph: DependencyGraph) async throws {
    let scope = TestScope(suites, graph: graph)
    _ = try await connection.execute("BEGIN; SET LOCAL lock_timeout = '\(patienceSeconds)s'")
    known = try await connection.query(StandIns.tables).rows.map {
      QualifiedName(schema: $0[0] ?? "", name: $0[1] ?? "")
    }
    let originals = try await originals(scope.tables.filter(Set(known).contains))
    let standIns = StandIns(
      hidden: Set(known.map(\.schema)).sorted(), needed: scope.schemas + [Self.resultTable.schema],
      reader: reader)
    try await hide(standIns, originals)
    _ = try await connection.execute("SET LOCAL statement_timeout = '\(patienceSeconds)s'")
    for report in scope.reports { try await prepare(report, scope) }
    _ = try await connection.execute(standIns.grant + "; SAVEPOINT test")
  }

  private func originals(_ tables: [QualifiedName]) async throws -> [StandIns.Original] {
    let rows = try await connection.query(
      StandIns.columns,
      [postgresArray(tables.map(\.schema)), postgresArray(tables.map(\.name)), StandIns.constant])
    var columns: [QualifiedName: [StandIns.Original.Column]] = [:]
    for row in rows.rows {
      let table = QualifiedName(schema: row[0] ?? "", name: row[1] ?? "")
      columns[table, default: []].append(
        .init(name: row[2] ?? "", isRequired: row[3] == "t", hasComputedDefault: row[4] == "t"))
    }
    return tables.map { StandIns.Original(name: $0, columns: columns[$0] ?? []) }
  }

  private mutating func hide(_ standIns: StandIns, _ originals: [StandIns.Original]) async throws {
    do {
      _ = try await connection.execute(
        standIns.hide + ";\n" + originals.map(standIns.create).joined())
    } catch let error as PostgresError where error.sqlState.matches(.lockNotAvailable) {
      throw RunError(
        .tryAgain,
        Diagnostic(
          "could not replace the sandbox's tables: \(error.message) (SQLSTATE \(error.sqlState))",
          detail: "Waited \(patienceSeconds) s.",
          hint: "Another command creates or changes tables there; run again when it is done."),
        sqlState: error.sqlState.rawValue, isTransient: true)
    }
    for original in originals { columns[original.name] = original.columns.map(\.name) }
  }

  // MARK: Reports

  /// Asks the server for the report's columns and creates an empty summary table with them; an existing one is not used.
  private mutating func prepare(_ report: Report, _ scope: TestScope) async throws {
    if let failure = scope.makers(of: report).compactMap({ prepared[$0]?.failure }).first {
      prepared[report.name] = .failure(failure)
      return
    }
    _ = try await connection.execute("SAVEPOINT report")
    do {
      prepared[report.name] = .success(try await describe(report))
    } catch {
      let failure = RunError.from(error, "could not ask for the columns of \"\(report.name)\"")
      guard !failure.isTransient, failure.status != .interrupted else { throw failure }
      _ = try await connection.execute("ROLLBACK TO SAVEPOINT report")
      prepared[report.name] = .failure(failure)
    }
    _ = try await connection.execute("RELEASE SAVEPOINT report")
  }

  private mutating func describe(_ report: Report) async throws -> Prepared {
    let span = Self.anySpan(of: report)
    let shapes = try await QueryColumns(connection: connection)
      .columns(of: report, span: span, values: [:], timezone: timezone)
    let made = try await QueryCollations(connection: connection)
      .columns(shapes, of: query(report, span, [:], shapes), report: report)
    if let table = report.materialization.table {
      _ = try await connection.execute("CREATE TABLE \(table.quoted) \(ColumnShape.list(made))")
      columns[table] = shapes.map(\.name)
    }
    let types = try await connection.query(
      """
      SELECT CASE t.type::regtype WHEN 'json'::regtype THEN 'jsonb' ELSE format_type(t.type::regtype, -1) END
      FROM unnest($1::text[]) WITH ORDINALITY t (type, position) ORDER BY position
      """, [postgresArray(shapes.map(\.type))])
    return Prepared(columns: made, readTypes: types.rows.map { $0[0] ?? "text" })
  }

  /// Types do not depend on the interval.
  private static func anySpan(of report: Report) -> Span {
    guard let interval = report.start.flatMap(report.period.interval) else { return .whole }
    return Span(intervals: [interval])
  }

  /// The rows come in the order of the report's file.
  func query(
    _ report: Report, _ span: Span, _ values: [String: Parameter.Value], _ columns: [ColumnShape]
  ) -> ReportQuery {
    ReportQuery(
      report: report, span: span, values: values, timezone: timezone, columns: columns,
      order: report.fileOrder)
  }

  // MARK: Reading

  /// Reads as the replica's role and READ ONLY, as a run does.
  func reading<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    _ = try await connection.execute(
      "SAVEPOINT read; SET LOCAL ROLE \(SQLQuote.identifier(reader)); SET LOCAL transaction_read_only = on")
    let value = try await body()
    _ = try await connection.execute("ROLLBACK TO SAVEPOINT read")
    return value
  }

  /// Empties all tables, whatever the test did.
  func reset() async throws { _ = try await connection.execute("ROLLBACK TO SAVEPOINT test") }
}

extension Result {
  var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
