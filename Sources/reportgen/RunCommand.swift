import ArgumentParser
import Foundation
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
      "Run so many independent reports at once. (default: one for each processor, at most 4)",
      valueName: "number"))
  var jobs: Int?

  @OptionGroup var global: GlobalOptions

  static var defaultJobs: Int { min(ProcessInfo.processInfo.activeProcessorCount, 4) }

  func validate() throws {
    if let jobs, !(1...64).contains(jobs) { throw ValidationError("--jobs has to be between 1 and 64.") }
    if choice.selection.isEmpty { throw ValidationError("Name a report, or use --tag or --all.") }
  }

  func run() async throws {
    let context = try ProjectContext(global)
    let graph = DependencyGraph(try context.loadReports())
    let selected = try context.select(choice.selection, from: graph)
    var options = try choice.options(selected)
    options.dryRun = dryRun
    options.allowShrink = allowShrink
    options.lockWait = lockWait.duration
    options.jobs = jobs ?? Self.defaultJobs
    let configuration = try context.runConfiguration(options)
    let progress = Progress(isQuiet: global.quiet, isVerbose: global.verbose)
    let result = try await withInterruption {
      await RunEngine(configuration) { progress.show($0) }.run(selected, graph: graph)
    }
    progress.clear()
    try Console.print(result, global.format)
  }
}
