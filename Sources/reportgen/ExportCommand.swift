import ArgumentParser
import Foundation
import ReportEngine
import ReportModel

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the files of published intervals again; nothing is computed or published.",
    discussion: """
      EXAMPLES:
        reportgen export sales-daily                     the newest intervals, as many as export.keep says
        reportgen export sales-daily --date 2026-11-22   one day
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var dates: DateOptions

  func run() async throws {
    let context = try ProjectContext(global)
    let graph = DependencyGraph(try context.loadReports())
    let selected = try context.select(selection, from: graph)
    let configuration = try context.runConfiguration(RunOptions(dates: dates.selection))
    let progress = Progress(isQuiet: global.quiet, isVerbose: global.verbose)
    let result = try await withInterruption {
      await RunEngine(configuration) { progress.show($0) }.exportAgain(selected, graph: graph)
    }
    progress.clear()
    try Console.print(result, global.format)
  }
}
