import ArgumentParser
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compute reports again on the replica and compare them with what is published.",
    usage: "reportgen verify [<options>] [<name> ...]",
    discussion: """
      Writes nothing. Ends 1 when rows differ.

      EXAMPLES:
        reportgen verify                                 every report, every published interval
        reportgen verify sales-daily --last 31           the newest intervals of one
        reportgen verify sales-daily --date 2026-11-22   one day
      """)

  @OptionGroup(title: "Which reports") var selection: SelectionOptions

  @OptionGroup(title: "Which days") var days: DateOptions

  @Option(help: ArgumentHelp("Take this many of the newest published intervals.", valueName: "number"))
  var last: Int?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard let last else { return }
    if !days.isEmpty { throw ValidationError("Use one of --date, --from and --last.") }
    if last < 1 { throw ValidationError("--last has to be at least 1.") }
  }

  func run() async throws {
    let context = try ProjectContext(global)
    let graph = DependencyGraph(try context.loadReports())
    let selected = try context.select(selection, from: graph, orAll: true)
    let configuration = try context.runConfiguration(RunOptions())
    let choice = VerifyChoice(dates: try days.selection(context.settings), last: last)
    let progress = Progress(global)
    progress.watch()
    let result = try await withInterruption {
      await VerifyEngine(configuration, choice: choice) { progress.show($0) }.verify(selected, graph: graph)
    }
    progress.clear()
    try Console.print(result, global.format)
  }
}
