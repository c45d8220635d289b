import ArgumentParser
import ReportDefinitions
import ReportEngine
import ReportModel

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show each report's newest published interval, its as-of, and what is missing.",
    usage: "reportgen status [<options>] [<name> ...]",
    discussion: """
      EXAMPLES:
        reportgen status
        reportgen status sales-daily --format json
      """)

  @OptionGroup(title: "Which reports") var selection: SelectionOptions

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let context = try ProjectContext(global)
    let graph = DependencyGraph(try context.loadReports())
    let reports = try context.select(selection, from: graph, orAll: true)
    do {
      let servers = context.servers(try context.environment())
      let (status, warnings) = try await LedgerReport(
        servers: servers, fingerprints: StoredDefinitions.fingerprints
      ).status(of: reports, in: graph)
      if global.format == .json { try Console.printJSON(status) } else { Console.print(table(status)) }
      Console.report(warnings)
    } catch let error as RunError {
      throw end([error.diagnostic], error.status)
    }
  }

  /// Columns that have nothing to say are left out.
  private func table(_ status: [ReportStatus]) -> String {
    let counts: [(head: String, value: (ReportStatus) -> Int)] = [
      ("OUTDATED", { $0.outdated }), ("EXPIRED", { $0.expired }),
    ].filter { column in status.contains { column.1($0) > 0 } }
    let head = ["REPORT", "NEWEST", "ROWS", "STATE", "AS OF", "MISSING"] + counts.map(\.head) + ["LAST RUN"]
    let body = zip(status, rows(status)).map { report, row in
      row.dropLast() + counts.map { $0.value(report) == 0 ? "-" : String($0.value(report)) } + row.suffix(1)
    }
    return Console.table([head] + body.map(Array.init))
  }

  private func rows(_ status: [ReportStatus]) -> [[String]] {
    status.map { report in
      [
        report.report, report.newest ?? "-", report.rows.map(String.init) ?? "-", report.state ?? "-",
        report.asOf ?? "-", report.missing == 0 ? "-" : "\(report.missing) from \(report.nextMissing ?? "")",
        report.lastState.map { "\($0) \(report.lastRun ?? "")" } ?? "never",
      ]
    }
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

  @Option(help: ArgumentHelp("Show so many attempts at most.", valueName: "number"))
  var limit = 20

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if limit < 0 { throw ValidationError("--limit has to be at least 0.") }
  }

  func run() async throws {
    let context = try ProjectContext(global)
    let graph = DependencyGraph(try context.loadReports())
    let reports = try context.select(selection, from: graph, orAll: true)
    do {
      let servers = context.servers(try context.environment())
      let entries = try await LedgerReport(
        servers: servers, maxEntries: limit, fingerprints: StoredDefinitions.fingerprints
      ).history(of: reports.map(\.name))
      if global.format == .json { return try Console.printJSON(entries) }
      Console.print(
        Console.table(
          [["STARTED", "REPORT", "STATE", "INTERVALS", "ROWS", "SECONDS", "ERROR"]] + entries.map(row)))
    } catch let error as RunError {
      throw end([error.diagnostic], error.status)
    }
  }

  private func row(_ entry: HistoryEntry) -> [String] {
    let intervals = entry.firstInterval.map { "\($0)..\(entry.lastInterval ?? "")" } ?? "-"
    return [
      entry.started, entry.report, entry.state, intervals, entry.rowsRead.map(String.init) ?? "-",
      entry.seconds.map { String(describing: $0) } ?? "-", entry.error ?? "",
    ]
  }
}
