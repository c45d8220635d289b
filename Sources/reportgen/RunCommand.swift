import ArgumentParser
import Foundation
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings
import RunFollowUp

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

  @OptionGroup var choice: RunChoice

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
      "Run up to this many independent reports at once. (default: one for each processor, at most 4)",
      valueName: "number"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Write metrics for Prometheus to this file. (default: REPORTGEN_METRICS_FILE, then metrics_file)",
      valueName: "path"))
  var metricsFile: String?

  @OptionGroup var global: GlobalOptions

  static var defaultJobs: Int { min(ProcessInfo.processInfo.activeProcessorCount, 4) }

  func validate() throws {
    if let jobs, !(1...64).contains(jobs) { throw ValidationError("--jobs has to be between 1 and 64.") }
    if choice.selection.isEmpty, !choice.failed {
      throw ValidationError("Name a report, or use --tag, --all or --failed.")
    }
  }

  func run() async throws {
    let context = try ProjectContext(global)
    let runID = UUID()
    Console.name(runID)
    let followUp = FollowUp(
      context.settings, run: runID, metricsFile: metricsFile, isRehearsal: dryRun || !choice.param.isEmpty)
    var reports: [Report]?
    var result: RunResult
    do {
      let graph = DependencyGraph(try await context.loadRunnableReports())
      reports = graph.reports
      guard let ran = try await run(context, graph, runID, followUp) else { return }
      result = ran.result
      result.noteInterruption()
      result.diagnostics += await withoutInterruption { [result, reports] in
        await followUp.writeMetrics(result, reports: reports, ran.facts)
      }
      result.diagnostics += followUp.refreshCatalogue(result, graph, ran.facts)
      result.diagnostics += try await withInterruption { [result, reports] in
        await followUp.refreshSuperset(result, reports: reports)
      }
      result.noteInterruption()
      try Console.print(result, global.format)
    } catch let error as RunError {
      // The run could not begin; metrics and hook report that, too.
      Console.report(error.diagnostics)
      result = RunResult(runID: runID, diagnostics: error.diagnostics, ownStatus: error.status)
      Console.report(
        await withoutInterruption { [result, reports] in
          await followUp.writeMetrics(result, reports: reports)
        })
    }
    // Whoever interrupted the run must not have to wait.
    let status = Interruption.shared.hasCome ? .interrupted : result.status
    if let hook = followUp.hook(status) { try await run(hook, result) }
    try result.status.exit()
  }

  private func run(_ hook: Hook, _ result: RunResult) async throws {
    let document = try Console.json(RunDocument(result))
    let outcome = try await withInterruption { await hook.run(document) }
    if let output = outcome.output { Console.log(LogEntry(.hookOutput, output)) }
    Console.report(outcome.warnings)
  }

  /// - Returns: nil when there was nothing to run.
  private func run(
    _ context: ProjectContext, _ graph: DependencyGraph, _ runID: UUID, _ followUp: FollowUp
  ) async throws -> (result: RunResult, facts: CatalogueFacts?)? {
    var empty = RunDocument(RunResult(runID: runID))
    empty.run = nil
    guard let selected = try await choice.reports(context, graph, empty: empty) else { return nil }
    var options = try choice.options(selected, context.settings)
    options.dryRun = dryRun
    options.allowShrink = allowShrink
    options.lockWait = lockWait.duration
    options.jobs = jobs ?? Self.defaultJobs
    let configuration = try context.runConfiguration(options, writing: graph.reports, run: runID)
    let progress = Progress(global)
    progress.begin(reports: selected.count)
    let ran = try await withInterruption {
      await RunEngine(configuration) { progress.show($0) }.run(selected, graph: graph) {
        await followUp.facts(of: graph, on: $0)
      }
    }
    progress.end(ran.result)
    return ran
  }
}

extension RunResult {
  /// A signal that came when the run was over has stopped what follows it.
  fileprivate mutating func noteInterruption() {
    guard Interruption.shared.hasCome, status != .interrupted else { return }
    ownStatus = .interrupted
    diagnostics.append(RunError.from(CancellationError()).diagnostic)
  }
}
