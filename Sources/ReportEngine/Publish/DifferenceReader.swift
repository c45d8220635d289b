import PostgresClient
import ReportLedger
import ReportModel

/// Step 5 of a publish by difference: the replica compares the rows of the query with the published ones of the level's
/// snapshot, and what differs is staged.
///
/// Only for rows that pass every check and have no key twice: in all other cases nothing is staged, and the caller stages
/// all rows, by which checks and messages are what they always are.
struct DifferenceReader: Sendable {
  /// For the replica's hash table and sorts; what does not fit is in temporary files.
  static let workMemMegabytes = 64

  let snapshot: ReplicaSnapshot
  let lane: PrimarySession
  let primary: Connection
  let timezone: String
  let limit: PortionLimit
  /// What was read of the tables of the level's reports.
  let tables: KnownTables
  /// The summary table in the snapshot.
  let published: PublishedTable
  /// Called once a chunk with the number of staged rows so far.
  let onRows: @Sendable (Int) -> Void

  /// - Returns: nil where all rows have to be staged.
  func read(_ attempt: Attempt, _ found: FoundTable) async throws -> StagedReport? {
    var seconds = StepSeconds()
    let own = ChangeStatements.ownColumns(found.columns)
    let staging = try await StagingTable.prepare(
      report: attempt.report, columns: found.columns, changes: own, tables: tables, on: primary)
    try await StagingTable.emptyOther(than: staging, of: attempt.report, tables, on: primary)
    seconds.add("prepare", .now - found.began)
    let began = ContinuousClock.now
    do {
      guard let (compared, spans) = try await compare(attempt, found, staging) else {
        try await staging.empty(on: primary)
        _ = try await snapshot.connection.execute("ROLLBACK TO SAVEPOINT report")
        return nil
      }
      let asOf = try await snapshot.provenAsOf(of: attempt.report)
      try await snapshot.endReport()
      seconds.add("compare", .now - began)
      var (attempt, rest) = (attempt, Portion?.none)
      (attempt.portion, rest) = attempt.portion.split(afterSpans: spans)
      return StagedReport(
        attempt: attempt, lane: lane, session: primary, staging: staging, existing: found.existing,
        rowsRead: compared.rowCounts.reduce(0, +), compared: compared, sources: [:], asOf: asOf,
        seconds: seconds, rest: rest)
    } catch {
      await uncancelled { await staging.discard(on: primary) }
      throw error
    }
  }

  /// - Returns: what was counted, and how many spans were read; nil where all rows have to be staged.
  private func compare(_ attempt: Attempt, _ found: FoundTable, _ staging: StagingTable) async throws
    -> (ComparedRows, Int)?
  {
    let scan = StagedScan(report: attempt.report, intervals: attempt.portion.intervals, timezone: timezone)
    let nullable = try await nullableKeys(of: attempt, found)
    let isInKeyOrder = try await isInKeyOrder(attempt, found, nullable)
    let format = StreamFormat(staging.ownColumns + staging.columns, feedsFile: false).format
    let sink = StagingSink(staging, format, primary: primary)
    let began = ContinuousClock.now
    var (rows, spans) = (0, 0)
    for span in attempt.portion.spans {
      var query = query(attempt, span, found, scan, staging: staging, nullable: nullable)
      query.isInKeyOrder = isInKeyOrder
      let before = rows
      guard
        let read = try await copy(
          query, format, attempt.report, into: sink, onRows: { [onRows] in onRows(before + $0) })
      else { return nil }
      rows += read
      spans += 1
      if limit.isReached(rows: rows, after: .now - began) { break }
    }
    let staged = await sink.rowCount
    guard staged == rows else {
      throw RunError(
        .bug, Diagnostic("\(rows) rows were read but \(staged) staged", effect: .nothingPublished))
    }
    guard let compared = try await counts(attempt, scan, staging, found, spans: spans, rows: rows) else {
      return nil
    }
    return (compared, spans)
  }

  /// Key columns in which a published row has a null. Without one, a new row's null has no partner, and `=` pairs all others.
  private func nullableKeys(of attempt: Attempt, _ found: FoundTable) async throws -> Set<String> {
    guard let table = attempt.report.materialization.table else { return [] }
    let statements = PublishStatements(
      report: attempt.report, target: table, staging: table, columns: found.columns,
      portion: attempt.portion, intervals: [], timezone: timezone)
    let keys = statements.key.filter { !statements.notNullKey.contains($0) }
    return try await snapshot.reading {
      try await PublishedTable.columnsWithNulls(among: keys, of: table, on: $0)
    }
  }

  /// Whether the key's index reads the published rows about in the order in which they lie. Texts are dear to sort.
  private func isInKeyOrder(_ attempt: Attempt, _ found: FoundTable, _ nullable: Set<String>) async throws
    -> Bool
  {
    let materialization = attempt.report.materialization
    let types = Dictionary(found.columns.map { ($0.name, $0.type) }) { first, _ in first }
    guard materialization.kind == .table, nullable.isEmpty, let table = materialization.table,
      let first = materialization.uniqueKey.first,
      materialization.uniqueKey.allSatisfy({ types[$0].flatMap(ValueImage.init) == .equalIsSame })
    else { return false }
    return try await snapshot.reading {
      try await PublishedTable.isOrdered(table, by: first, on: $0)
    }
  }

  private func query(
    _ attempt: Attempt, _ span: Span, _ found: FoundTable, _ scan: StagedScan, staging: StagingTable,
    nullable: Set<String>
  ) -> ComparisonQuery {
    let report = attempt.report
    let target = report.materialization.table ?? staging.name
    var statements = PublishStatements(
      report: report, target: target, staging: staging.name, columns: found.columns,
      portion: Portion(spans: [span], replacesAll: attempt.portion.replacesAll), intervals: span.intervals,
      timezone: timezone)
    statements.notNullKey.formUnion(Set(statements.key).subtracting(nullable))
    return ComparisonQuery(
      statements: statements, changes: ChangeStatements(statements, staging: staging.name), scan: scan,
      query: ReportQuery(
        report: report, span: span, values: attempt.values, timezone: timezone, columns: found.columns))
  }

  /// - Returns: nil for a statement that the replica does not take, or has no room for.
  private func copy(
    _ query: ComparisonQuery, _ format: CopyFormat, _ report: Report, into sink: StagingSink,
    onRows: @escaping @Sendable (Int) -> Void
  ) async throws -> Int? {
    try await snapshot.reading { replica in
      do {
        _ = try await replica.execute("SET LOCAL work_mem = '\(Self.workMemMegabytes)MB'")
        return try await pump(try await replica.copyOut(query.copyOut(format)), into: [sink], onRows: onRows)
      } catch let error as PostgresError where error.server == replica.name && error.isOfComparison {
        _ = try await replica.execute("ROLLBACK TO SAVEPOINT report")
        return nil
      } catch let error as PostgresError where error.server == replica.name && !error.isTransient {
        let place = error.position.flatMap { query.sourcePlace(serverPosition: $0) }
        throw RunError.inReport(error, report: report, place: place)
      }
    }
  }

  // MARK: Counts

  /// - Returns: nil where a row breaks a check, or a key came twice.
  private func counts(
    _ attempt: Attempt, _ scan: StagedScan, _ staging: StagingTable, _ found: FoundTable, spans: Int,
    rows: Int
  ) async throws -> ComparedRows? {
    let report = attempt.report
    let names = PublishStatements(
      report: report, target: report.materialization.table ?? staging.name, staging: staging.name,
      columns: found.columns, portion: attempt.portion, intervals: [], timezone: timezone)
    let changes = ChangeStatements(names, staging: staging.name)
    let intervals = try await primary.query(changes.countsOfIntervals(conditions: scan.conditions.count)).rows
    let table = try Row(only: try await primary.query(changes.countsOfTable))
    guard try table.int("queries") == spans else {
      throw RunError(
        .tryAgain,
        Diagnostic("the staging table has lost rows that were read", effect: .nothingPublished),
        isTransient: true)
    }
    func sum(_ column: Int) -> Int {
      intervals.map { Int($0[2 + scan.conditions.count + column] ?? "") ?? 0 }.reduce(0, +)
    }
    let finding = scan.finding(intervals)
    let (read, _) = attempt.portion.split(afterSpans: spans)
    let counts = RowDifference(
      paired: sum(1) + sum(4), removed: sum(2), kept: sum(3), added: sum(0), changed: sum(1),
      published: try table.int("published"), deletable: try table.int("deletable"))
    let rowCounts = Array(finding.rowCounts.prefix(max(read.intervals.count, 1)))
    guard !counts.hasDuplicateKeys, finding.outside == 0, finding.violations.allSatisfy(\.isEmpty),
      rowCounts.reduce(0, +) == counts.paired + counts.added
    else { return nil }
    var checked = attempt
    checked.portion = read
    let checks = try await CheckRunner(
      attempt: checked, staging: staging, timezone: timezone, primary: primary, sources: [:]
    ).run(scan, scan.finding(ofCounts: rowCounts))
    guard checks.broken.isEmpty else { return nil }
    return ComparedRows(
      rowCounts: rowCounts, added: counts.added, changed: counts.changed, removed: counts.removed,
      equal: counts.paired - counts.changed, deletable: counts.deletable, rowsStaged: rows,
      published: published)
  }
}

extension PostgresError {
  /// The comparison itself can be the cause: operators and rights that the query alone does not need, space for temporary
  /// files, limits of what one statement can be.
  fileprivate var isOfComparison: Bool {
    [SQLState.syntaxErrorOrAccessRuleViolation, .insufficientResources, .programLimitExceeded]
      .contains { sqlState.matches($0) }
  }
}
