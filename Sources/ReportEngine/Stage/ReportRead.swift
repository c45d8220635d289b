import PostgresClient
import ReportLedger
import ReportModel

/// What reading one report gave: its rows are staged, nothing is published.
struct StagedReport: Sendable {
  var attempt: Attempt
  /// Opens another session for the attempt's end when its own is lost.
  var lane: PrimarySession
  /// Holds the attempt's lock; when it is lost, the attempt is dead, and unlogged rows may be gone.
  var session: Connection
  var staging: StagingTable
  /// The summary table as it was before; nil when it does not exist, or is not wanted.
  var existing: TableShape?
  /// Triggers or rules of others were on it.
  var othersWrite = false
  /// Rows of the query.
  var rowsRead: Int
  /// The query's rows were compared with the published ones in the snapshot, and only what differs is staged; nil:
  /// all of them are staged.
  var compared: ComparedRows?
  var sources: [ReconcileKey: [[String?]]]
  var asOf: AsOf
  var seconds: StepSeconds
  /// The files of the interval, when the stream was exactly their rows; kept aside until the rows are confirmed.
  var file: (any StreamedFile)?
  /// What the attempt has not read, since what it read is enough for one publish.
  var rest: Portion?

  /// Rows in the staging table.
  var rowsStaged: Int { compared?.rowsStaged ?? rowsRead }
}

/// Files written from the stream that fed the staging table, not yet in their place.
protocol StreamedFile: CopySink {
  /// Removes them; for an attempt that was not published.
  func discard() async
}

/// Step 5 for one report: ask for the columns, prepare the staging table, stream the rows.
package struct ReportReader: Sendable {
  let snapshot: ReplicaSnapshot
  let lane: PrimarySession
  let primary: Connection
  let timezone: String
  /// False for files alone, a dry run, and parameters other than the defaults.
  let publishes: Bool
  /// How many intervals the ledger calls published besides those of this run; none after a full refresh.
  let othersPublished: Int
  let limit: PortionLimit
  /// What was read of the tables of the level's reports.
  let tables: KnownTables
  /// Called once a chunk with the number of rows so far.
  let onRows: @Sendable (Int) -> Void

  /// - Parameters:
  ///   - compare: reads the rows in another way, once the columns are known; nil, or a closure that returns nil: all rows
  ///     are staged.
  ///   - makeFile: the sink of the files for these columns, or nil for none.
  func read(
    _ attempt: Attempt, compare: (@Sendable (FoundTable) async throws -> StagedReport?)? = nil,
    makeFile: @Sendable ([ColumnShape], TableShape?) async throws -> (any StreamedFile)?
  ) async throws -> StagedReport {
    let clock = ContinuousClock()
    var seconds = StepSeconds()
    let began = clock.now
    let report = attempt.report
    let span = attempt.portion.spans[0]
    let columns = try await snapshot.reading { replica in
      let columns = try await QueryColumns(connection: replica, memo: snapshot.memo)
        .columns(of: report, span: span, values: attempt.values, timezone: timezone)
      try await RowsElsewhere.read(by: report, in: replica, memo: snapshot.memo).requireAllowed(by: report)
      return columns
    }
    let (existing, othersWrite) = try await existingTable(of: attempt, columns: columns)
    if let existing,
      let compared = try await compare?(
        FoundTable(columns: columns, existing: existing, othersWrite: othersWrite, began: began))
    {
      return compared
    }
    let plain = query(attempt, span, columns, ordered: false)
    let staging = try await StagingTable.prepare(
      report: report, columns: columns,
      collations: {
        try await snapshot.reading { replica in
          try await QueryCollations(connection: replica).columns(columns, of: plain, report: report)
        }
      }, becomesTable: publishes && existing == nil, tables: tables, on: primary)
    try await StagingTable.emptyOther(than: staging, of: report, tables, on: primary)
    seconds.add("prepare", clock.now - began)

    var file: (any StreamedFile)?
    let readBegan = clock.now
    do {
      file = try await makeFile(columns, existing)
      let (rows, sources, spans) = try await stream(attempt, columns, staging: staging, file: file)
      let asOf = try await snapshot.provenAsOf(of: report)
      try await snapshot.endReport()
      seconds.add("read", clock.now - readBegan)
      var (attempt, rest) = (attempt, Portion?.none)
      (attempt.portion, rest) = attempt.portion.split(afterSpans: spans)
      return StagedReport(
        attempt: attempt, lane: lane, session: primary, staging: staging, existing: existing,
        othersWrite: othersWrite, rowsRead: rows,
        sources: sources,
        asOf: asOf, seconds: seconds, file: file, rest: rest)
    } catch {
      await file?.discard()
      await uncancelled { await staging.discard(on: primary) }
      throw error
    }
  }

  /// - Returns: the table, and whether triggers or rules of others are on it.
  private func existingTable(of attempt: Attempt, columns: [ColumnShape]) async throws -> (TableShape?, Bool)
  {
    guard publishes, let table = attempt.report.materialization.table else { return (nil, false) }
    guard let shape = try await tables.shape(of: table, on: primary) else {
      if let lost = Self.lostTable(of: attempt.report, othersPublished: othersPublished) { throw lost }
      return (nil, false)
    }
    let others = try await tables.others(on: table, primary)
    try others.requireOwnRows(of: attempt.report, in: table)
    // A lost or retyped column is better refused before the rows are read than after.
    let changes = try SummaryTableChanges(
      report: attempt.report, existing: shape, name: table, finalName: table, columns: columns)
    if changes.alteration != nil { try requireWhole(attempt, table) }
    return (shape, !others.rewriting.isEmpty)
  }

  /// A rebuild takes every row away: the attempt has to bring all of them back.
  private func requireWhole(_ attempt: Attempt, _ table: QualifiedName) throws {
    guard attempt.report.materialization.kind == .incremental, !attempt.portion.isRebuild else { return }
    throw RunError(
      .tryAgain,
      Diagnostic(
        "the columns of \(table) or of its source changed while the run began",
        effect: .nothingPublished,
        hint: "Run again."), isTransient: true)
  }

  /// A new table would hold this attempt's intervals alone, while the ledger calls many others published: the table
  /// vanished after the run was planned.
  ///
  /// - Parameter othersPublished: see the property.
  static func lostTable(of report: Report, othersPublished: Int) -> RunError? {
    guard othersPublished > 0,
      !report.showsWholeRelation || report.materialization.kind == .merge
    else { return nil }
    return RunError(
      .failed,
      TableLoss.missing(now: nil).diagnostic(
        report, intervals: othersPublished, .error, effect: .nothingPublished))
  }

  /// - Returns: rows, what the sources of `reconcile` checks gave, and how many spans were read.
  private func stream(
    _ attempt: Attempt, _ columns: [ColumnShape], staging: StagingTable, file: (any StreamedFile)?
  ) async throws -> (Int, [ReconcileKey: [[String?]]], Int) {
    let format = StreamFormat(columns, feedsFile: file != nil).format
    let sink = StagingSink(staging, format, primary: primary)
    var sources: [ReconcileKey: [[String?]]] = [:]
    var rows = 0
    var spans = 0
    let sinks: [any CopySink] = file.map { [sink, $0] } ?? [sink]
    let began = ContinuousClock.now
    for (number, span) in attempt.portion.spans.enumerated() {
      let query = query(attempt, span, columns, ordered: file != nil)
      let before = rows
      rows += try await copy(query.copyOut(format), of: query, attempt.report, into: sinks) {
        [onRows] in onRows(before + $0)
      }
      try await readSources(attempt, span, number, &sources)
      spans = number + 1
      let isEnough = limit.isReached(rows: rows, after: ContinuousClock.now - began)
      if isEnough, !attempt.portion.isRebuild { break }
    }
    let staged = await sink.rowCount
    guard staged == rows else {
      throw RunError(
        .bug,
        Diagnostic("\(rows) rows were read but \(staged) staged", effect: .nothingPublished))
    }
    return (rows, sources, spans)
  }

  private func copy(
    _ sql: String, of query: ReportQuery, _ report: Report, into sinks: [any CopySink],
    onRows: @escaping @Sendable (Int) -> Void
  ) async throws -> Int {
    try await snapshot.reading { replica in
      do {
        return try await pump(try await replica.copyOut(sql), into: sinks, onRows: onRows)
      } catch let error as PostgresError where error.server == replica.name && !error.isTransient {
        let place = error.position.flatMap { query.sourcePlace(serverPosition: $0) }
        throw RunError.inReport(error, report: report, place: place)
      }
    }
  }

  private func readSources(
    _ attempt: Attempt, _ span: Span, _ number: Int, _ sources: inout [ReconcileKey: [[String?]]]
  ) async throws {
    let literals = ReportQuery.literals(
      report: attempt.report, bounds: span.bounds, values: attempt.values, timezone: timezone)
    for check in attempt.report.checks {
      guard case .reconcile(_, let source) = check.rule else { continue }
      let sql = "SELECT * FROM (\n\(source.filled(literals).sql)\n) q LIMIT \(ReconcileKey.maxRows + 1)"
      sources[ReconcileKey(place: check.place, span: number)] = try await snapshot.reading { replica in
        do {
          return try await replica.query(sql).values
        } catch let error as PostgresError where !error.isTransient {
          throw RunError.inCheck(error, report: attempt.report, check: check)
        }
      }
    }
  }

  private func query(_ attempt: Attempt, _ span: Span, _ columns: [ColumnShape], ordered: Bool) -> ReportQuery
  {
    ReportQuery(
      report: attempt.report, span: span, values: attempt.values, timezone: timezone,
      columns: columns, order: ordered ? attempt.report.fileOrder : [])
  }
}
