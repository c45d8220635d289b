import ArgumentParser
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings

/// The options that `run` and `plan` share: which reports and days, and how many of them.
struct RunChoice: ParsableArguments {
  @OptionGroup(title: "Which reports") var selection: SelectionOptions

  @OptionGroup(title: "Which days") var days: DateOptions

  @Flag(help: "Run everything since the report's start again.")
  var fullRefresh = false

  @Flag(help: "Run also the published intervals of an older definition with another meaning.")
  var restate = false

  @Flag(help: "Of these reports, or of all, take those that the last run failed or skipped.")
  var failed = false

  @Flag(help: "Run every missing interval, not only max_catch_up of them.")
  var backfill = false

  @Option(
    help: ArgumentHelp(
      "Set a parameter: files go to a folder of their own, nothing is published.", valueName: "name=value"))
  var param: [ParameterAssignment] = []

  func validate() throws {
    let ways = [!days.isEmpty, fullRefresh, restate]
    if ways.filter(\.self).count > 1 {
      throw ValidationError("Use one of --date, --from, --full-refresh and --restate.")
    }
  }

  /// - Throws: `RunError` 64.
  func options(_ selected: [Report], _ settings: ProjectSettings) throws -> RunOptions {
    let dates = try days.selection(settings)
    var options = RunOptions(
      dates: fullRefresh ? .fullRefresh : restate ? .restate : dates, backfill: backfill,
      parameters: try param.values(for: selected))
    options.continues = failed
    return options
  }

  /// The chosen reports.
  ///
  /// - Parameters:
  ///   - orAll: Takes all of them where none is named.
  ///   - empty: The JSON document of a command that has nothing to do.
  /// - Returns: nil when `--failed` finds none; the reason, or `empty`, has been printed then.
  func reports(
    _ context: ProjectContext, _ graph: DependencyGraph, orAll: Bool = false, empty: some Encodable
  ) async throws -> [Report]? {
    let chosen = try context.select(selection, from: graph, orAll: orAll || failed)
    guard failed else { return chosen }
    let ledger = try context.settings.ledgerReport()
    let last = try await withInterruption { try await ledger.lastRun() }
    switch FailedReports(among: chosen, graph, last: last) {
    case .found(let reports): return reports
    case .none(let reason):
      if context.options.format == .json {
        try Console.printJSON(empty)
      } else if !context.options.quiet {
        Console.print(reason)
      }
      return nil
    }
  }
}
