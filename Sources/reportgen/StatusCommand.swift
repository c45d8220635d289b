import ArgumentParser
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show each report's newest published interval, how fresh it is, and what is missing.",
    usage: "reportgen status [<options>] [<name> ...]",
    discussion: """
      EXAMPLES:
        reportgen status
        reportgen status sales-daily --format json
        reportgen status --tag nightly --fail-if-late    for monitoring
      """)

  @OptionGroup(title: "Which reports") var selection: SelectionOptions

  @Flag(help: "End with 1 when a report is late by its expect_within, or has lost its table.")
  var failIfLate = false

  @OptionGroup var global: GlobalOptions

  private static let head = [
    "REPORT", "NEWEST", "ROWS", "STATE", "AS OF", "FRESHNESS", "MISSING", "LAST RUN",
  ]

  func run() async throws {
    let context = try ProjectContext(global)
    let graph = DependencyGraph(try context.loadReports())
    let reports = try context.select(selection, from: graph, orAll: true)
    if failIfLate { try requireExpectations(reports) }
    let ledger = try context.settings.ledgerReport()
    let health = try await withInterruption { try await ledger.health(of: reports, in: graph) }
    if global.format == .json {
      try Console.printJSON(health.map(\.status))
    } else {
      Console.print(table(health))
    }
    Console.report(health.flatMap(\.warnings))
    if selection.isEmpty, let orphans = try await context.settings.ledgerReport().orphanWarning(graph.reports)
    {
      Console.report([orphans])
    }
    if failIfLate, health.contains(where: { $0.freshness.isLate || $0.isLost }) {
      try ExitStatus.failed.exit()
    }
  }

  /// A column for intervals that failed, are outdated or expired only when a report has some.
  private func table(_ health: [ReportHealth]) -> String {
    let counts: [(head: String, count: (ReportStatus) -> Int)] = [
      ("FAILED", { $0.failedIntervals.count }), ("MISSED", { $0.missed }), ("OUTDATED", { $0.outdated }),
      ("EXPIRED", { $0.expired }),
    ].filter { column in health.contains { column.1($0.status) > 0 } }
    func inserting(_ cells: [String], into row: [String]) -> [String] {
      Array(row.dropLast()) + cells + row.suffix(1)
    }
    let rows = health.map { report in
      let counted = counts.map { $0.count(report.status) }.map { $0 == 0 ? "-" : String($0) }
      return inserting(counted, into: row(report))
    }
    return Console.table([inserting(counts.map(\.head), into: Self.head)] + rows)
  }

  private func row(_ health: ReportHealth) -> [String] {
    let report = health.status
    return [
      report.report, report.newest ?? "-", report.rows.map(String.init) ?? "-", report.stateText ?? "-",
      report.asOf.map { report.asOfUnproven == nil ? $0 : "\($0) (unproven)" } ?? "-", health.freshness.text,
      report.missing == 0 ? "-" : "\(report.missing) from \(report.nextMissing ?? "")",
      report.lastState.map { "\($0) \(report.lastRun ?? "")" } ?? "never",
    ]
  }

  /// Monitoring that can never fail is a mistake in the options.
  private func requireExpectations(_ reports: [Report]) throws {
    guard reports.allSatisfy({ $0.expectWithinSeconds == nil }) else { return }
    throw RunError(
      .usage,
      Diagnostic(
        "none of the chosen reports can be late",
        hint: "Say \"expect_within: 26h\" in their metadata, or in reportgen.yaml for all of them."))
  }
}

struct HistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "List attempts from the ledger, newest first.",
    usage: "reportgen history [<options>] [<name> ...]",
    discussion: """
      EXAMPLES:
        reportgen history
        reportgen history sales-daily --limit 5
      """)

  @OptionGroup(title: "Which reports") var selection: SelectionOptions

  @Option(help: ArgumentHelp("Show at most this many attempts.", valueName: "number"))
  var limit = 20

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if limit < 0 { throw ValidationError("--limit has to be at least 0.") }
  }

  func run() async throws {
    let context = try ProjectContext(global)
    let graph = DependencyGraph(try context.loadReports())
    let reports = try context.select(selection, from: graph, orAll: true)
    let ledger = try context.settings.ledgerReport(maxEntries: limit)
    let entries = try await withInterruption { try await ledger.history(of: reports) }
    if global.format == .json { return try Console.printJSON(entries) }
    let periods = Dictionary(reports.map { ($0.name, $0.period) }) { first, _ in first }
    Console.print(
      Console.table(
        [["STARTED", "REPORT", "STATE", "INTERVALS", "ROWS", "SECONDS", "ERROR"]]
          + entries.map { row($0, periods[$0.report] ?? .none) }))
  }

  /// Which intervals it is about where the attempt published others.
  private static func error(_ entry: HistoryEntry) -> String {
    let error = entry.error ?? ""
    guard let failed = entry.failedIntervals else { return error }
    let more = failed.count > 3 ? " and \(failed.count - 3) more" : ""
    return "\(failed.prefix(3).joined(separator: ", "))\(more): \(error)"
  }

  private func row(_ entry: HistoryEntry, _ period: Period) -> [String] {
    let names = [entry.firstInterval, entry.lastInterval].compactMap { day in
      day.map { CalendarDate($0).flatMap(period.interval(containing:)).map(period.name) ?? $0 }
    }
    let intervals = names.first == names.last ? names.first : names.joined(separator: "..")
    return [
      entry.started, entry.report, entry.state, intervals ?? "-", entry.rowsRead.map(String.init) ?? "-",
      entry.seconds.map { String(describing: $0) } ?? "-", Self.error(entry),
    ]
  }
}
