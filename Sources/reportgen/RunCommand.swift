import ArgumentParser
import Foundation
import ReportDefinitions
import ReportEngine
import ReportModel

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run reports: read on the replica, check, publish in the summary tables, export the files.",
    usage: "reportgen run [<options>] <name> ... | --tag <tag> | --all",
    discussion: """
      EXAMPLES:
        reportgen run sales-daily                      every missing day, and the lookback
        reportgen run +sales-monthly                   with what it reads
        reportgen run sales-daily --date 2026-11-22    one day, again
        reportgen run sales-daily --dry-run            what it would change
      """)

  @OptionGroup(title: "Which reports") var selection: SelectionOptions

  @OptionGroup(title: "Which days") var days: DateOptions

  @Flag(help: "Run everything since the report's start again.")
  var fullRefresh = false

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

  @Option(
    help: ArgumentHelp(
      "Leave metrics for Prometheus in this file. (default: REPORTGEN_METRICS_FILE, then metrics_file)",
      valueName: "path"))
  var metricsFile: String?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if let jobs, !(1...64).contains(jobs) { throw ValidationError("--jobs has to be between 1 and 64.") }
    if fullRefresh, days.selection != .missing {
      throw ValidationError("Use one of --date, --from and --full-refresh.")
    }
    if selection.isEmpty { throw ValidationError("Name a report, or use --tag or --all.") }
  }

  func run() async throws {
    let context = try ProjectContext(global)
    let runID = UUID()
    Console.name(runID)
    let followUp = FollowUp(
      context, run: runID, metricsFile: metricsFile, isRehearsal: dryRun || !param.isEmpty)
    var reports: [Report]?
    var result: RunResult
    do {
      let graph = DependencyGraph(try context.loadReports())
      reports = graph.reports
      result = try await run(context, graph, runID)
      result.diagnostics += await followUp.writeMetrics(result, reports: reports)
      try Console.print(result, global.format)
    } catch let ending as Ending {
      // Nothing was tried; whoever watches the nightly run has to hear of it all the same.
      Console.report(ending.diagnostics)
      result = RunResult(runID: runID, diagnostics: ending.diagnostics, ownStatus: ending.status)
      Console.report(await followUp.writeMetrics(result, reports: reports))
    }
    await followUp.runHook(result)
    try result.status.exit()
  }

  private func run(_ context: ProjectContext, _ graph: DependencyGraph, _ runID: UUID) async throws
    -> RunResult
  {
    let selected = try context.select(selection, from: graph)
    let configuration = try context.runConfiguration(
      RunOptions(
        dates: fullRefresh ? .fullRefresh : days.selection, backfill: backfill,
        parameters: try parameters(selected), allowShrink: allowShrink, dryRun: dryRun,
        lockWait: lockWait.duration, jobs: jobs ?? min(ProcessInfo.processInfo.activeProcessorCount, 4)),
      run: runID)
    let progress = Progress(global)
    progress.begin(reports: selected.count)
    let result = try await withInterruption {
      await RunEngine(configuration) { progress.show($0) }.run(selected, graph: graph)
    }
    progress.end(result)
    return result
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
