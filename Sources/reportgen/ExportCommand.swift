import ArgumentParser
import Foundation
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import RunFollowUp

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the files of published intervals again; nothing is computed or published.",
    usage: "reportgen export [<options>] <name> ... | --tag <tag> | --all",
    discussion: """
      EXAMPLES:
        reportgen export sales-daily                     the newest intervals, as many as export.keep says
        reportgen export sales-daily --date 2026-11-22   one day
      """)

  @OptionGroup(title: "Which reports") var selection: SelectionOptions
  @OptionGroup(title: "Which days") var dates: DateOptions

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if selection.isEmpty { throw ValidationError("Name a report, or use --tag or --all.") }
  }

  func run() async throws {
    let context = try ProjectContext(global)
    let graph = DependencyGraph(try context.loadReports())
    let selected = try context.select(selection, from: graph)
    let configuration = try context.runConfiguration(
      RunOptions(dates: try dates.selection(context.settings)), writing: graph.reports)
    let progress = Progress(global)
    var result = try await withInterruption {
      await RunEngine(configuration) { progress.show($0) }.exportAgain(selected, graph: graph)
    }
    progress.end(result)
    if result.ownStatus == .done {
      let catalogue = CatalogueFollowUp(context.settings)
      result.diagnostics += try await withInterruption { await catalogue.refresh(graph) }
    }
    try Console.print(result, global.format)
    try result.status.exit()
  }
}
