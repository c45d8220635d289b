import ArgumentParser
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what run would do with the same options: reports, intervals, reads, rows and cost.",
    usage: "reportgen plan [<options>] [<name> ...]",
    discussion: """
      EXAMPLES:
        reportgen plan                                 every report
        reportgen plan +sales-monthly                  one report and what it reads
        reportgen plan sales-daily --full-refresh      what that would take
        reportgen plan sales-daily --diff              also which rows would change
      """)

  @OptionGroup var choice: RunChoice

  @Flag(help: "Make a dry run, too: load the staging tables and show which rows would change.")
  var diff = false

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let context = try ProjectContext(global)
    let graph = DependencyGraph(try await context.loadRunnableReports())
    let empty = PlanDocument(PlanResult())
    guard let selected = try await choice.reports(context, graph, orAll: true, empty: empty) else { return }
    var options = try choice.options(selected, context.settings)
    let configuration = try context.runConfiguration(options)
    options.dryRun = true
    options.jobs = RunCommand.defaultJobs
    let dryRun = diff ? try context.runConfiguration(options) : nil
    let progress = Progress(global)
    progress.watch()
    let result = try await withInterruption {
      var result = await PlanEngine(configuration).plan(selected, graph: graph)
      if let dryRun, result.ownStatus == .done {
        result.dryRun = await RunEngine(dryRun) { progress.show($0) }.run(selected, graph: graph)
      }
      return result
    }
    progress.clear()
    try Console.print(result, global.format)
  }
}
