import ArgumentParser
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
      let status = try await LedgerReport(servers: servers).status(of: reports)
      if global.format == .json { return try Console.printJSON(status) }
      Console.print(
        Console.table([["REPORT", "NEWEST", "ROWS", "STATE", "AS OF", "MISSING", "LAST RUN"]] + rows(status)))
    } catch let error as RunError {
      throw end([error.diagnostic], error.status)
    }
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
      let entries = try await LedgerReport(servers: servers, maxEntries: limit).history(
        of: reports.map(\.name))
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
