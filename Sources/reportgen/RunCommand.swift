import ArgumentParser
import Foundation
import ReportDefinitions
import ReportEngine
import ReportModel

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run reports: read on the replica, check, publish in the summary tables, export the files.",
    usage: "reportgen run [<options>] <name> ... | --tag <tag> | --all | --failed",
    discussion: """
      EXAMPLES:
        reportgen run sales-daily                      every missing day, and the lookback
        reportgen run +sales-monthly                   with what it reads
        reportgen run sales-daily --date 2026-11-22    one day, again
        reportgen run sales-daily --dry-run            what it would change
        reportgen run --failed                         what the last run failed or skipped
      """)

  @OptionGroup(title: "Which reports") var selection: SelectionOptions

  @OptionGroup(title: "Which days") var days: DateOptions

  @Flag(help: "Run everything since the report's start again.")
  var fullRefresh = false

  @Flag(help: "Run also the published intervals of an older definition that meant something else.")
  var restate = false

  @Flag(help: "Of these reports, or of all, run those that the last run failed or skipped.")
  var failed = false

  @Flag(help: "Run every missing interval, not only max_catch_up of them.")
  var backfill = false

  @Option(
    help: ArgumentHelp(
      "Set a parameter: files go to a folder of their own, nothing is published.", valueName: "name=value"))
  var param: [ParameterAssignment] = []

  @Flag(help: "Load the staging table and run the checks, but do not publish.")
  var dryRun = false

  @Flag(help: "Publish also when more than a fifth of the published rows would be deleted.")
  var allowShrink = false

  @Option(
    help: ArgumentHelp(
      "Wait this long for a run of the same report to end, such as 30s or 10m.", valueName: "duration"))
  var lockWait: DurationArgument = DurationArgument(argument: "0s")!

  @Option(
    name: [.customShort("j"), .long],
    help: ArgumentHelp(
      "Run so many independent reports at once. (default: one for each processor, at most 4)",
      valueName: "number"))
  var jobs: Int?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if let jobs, !(1...64).contains(jobs) { throw ValidationError("--jobs has to be between 1 and 64.") }
    let ways = [days.selection != .missing, fullRefresh, restate]
    if ways.filter(\.self).count > 1 {
      throw ValidationError("Use one of --date, --from, --full-refresh and --restate.")
    }
    if selection.isEmpty, !failed {
      throw ValidationError("Name a report, or use --tag, --all or --failed.")
    }
  }

  private var dates: DateSelection { fullRefresh ? .fullRefresh : restate ? .restate : days.selection }

  func run() async throws {
    let context = try ProjectContext(global)
    let graph = DependencyGraph(try context.loadReports())
    let chosen = try context.select(selection, from: graph, orAll: failed)
    guard
      let selected = failed
        ? try await FailedReports(context: context).among(chosen, graph, global) : chosen
    else { return }
    let configuration = try context.runConfiguration(
      RunOptions(
        dates: dates, backfill: backfill,
        parameters: try parameters(selected), allowShrink: allowShrink, dryRun: dryRun,
        lockWait: lockWait.duration, jobs: jobs ?? min(ProcessInfo.processInfo.activeProcessorCount, 4)))
    let progress = Progress(isQuiet: global.quiet, isVerbose: global.verbose)
    let result = try await withInterruption {
      await RunEngine(configuration) { progress.show($0) }.run(selected, graph: graph)
    }
    progress.clear()
    try Console.print(result, global.format)
  }

  /// A value equal to the default is the default: it publishes as usual.
  private func parameters(_ selected: [Report]) throws -> [String: Parameter.Value] {
    var values: [String: Parameter.Value] = [:]
    for assignment in param {
      guard selected.count == 1, let report = selected.first else {
        throw end(
          [Diagnostic("--param goes with one report, not with \(selected.count)")], .usage)
      }
      guard let parameter = report.parameters.first(where: { $0.name == assignment.name }) else {
        let known = report.parameters.map(\.name).joined(separator: ", ")
        throw end(
          [
            Diagnostic(
              "report \"\(report.name)\" has no parameter \"\(assignment.name)\"",
              hint: known.isEmpty ? "It has none at all." : "It has: \(known).", file: report.metadataFile)
          ], .usage)
      }
      switch parseParameter(assignment.value, for: parameter) {
      case .success(let value): if value != parameter.defaultValue { values[parameter.name] = value }
      case .failure(let diagnostic): throw end([diagnostic], .usage)
      }
    }
    try requireValues(selected, values)
    return values
  }

  /// Without a default the caller has to say the value: NULL would be a guess.
  private func requireValues(_ selected: [Report], _ values: [String: Parameter.Value]) throws {
    let missing = selected.flatMap { report in
      report.parameters.filter { $0.defaultValue == nil && values[$0.name] == nil }.map { parameter in
        Diagnostic(
          "parameter \"\(parameter.name)\" of \"\(report.name)\" has no value",
          hint: "Give it one with --param \(parameter.name)=…, or a default in \(report.metadataFile).")
      }
    }
    if !missing.isEmpty { throw end(missing, .usage) }
  }
}
