import ArgumentParser
import ReportEngine
import ReportExport
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings
import RunFollowUp

struct DocsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "docs",
    abstract: "Write the catalogue: pages about every report, its columns, checks, SQL and state.",
    usage: "reportgen docs [<options>]",
    discussion: """
      Needs no server; without one the states of the reports are unknown. A run writes the same pages.

      EXAMPLES:
        reportgen docs                            out/index.html, and a page for each report
        reportgen docs --output /srv/www/reports
      """)

  @Option(
    help: ArgumentHelp("Write the pages to this folder. (default: the output folder)", valueName: "path"))
  var output: String?

  @OptionGroup var global: GlobalOptions

  private struct Document: Encodable {
    var index: String
    var reports: Int
    var dashboards: Int
    var statesAsOf: String?
    var written: Int
    var unchanged: Int
    var removed: Int
  }

  func run() async throws {
    let context = try ProjectContext(global)
    let settings = context.settings
    let graph = DependencyGraph(try context.loadReports())
    // An environment that is not defined is a mistake, and no missing server.
    _ = try settings.environment()
    let catalogue = CatalogueFollowUp(settings)
    let facts = try await facts(catalogue, graph)
    let path = output.map(settings.absolute) ?? settings.output.path
    let shown = output ?? settings.output.shown
    do {
      let (contents, pages) = try catalogue.write(
        graph, facts, to: CatalogueFolder(output: path, shownAs: shown))
      try show(contents, pages, index: "\(shown)/index.html", path: "\(path)/index.html")
    } catch let diagnostic as Diagnostic {
      throw RunError(.failed, diagnostic)
    }
  }

  /// - Returns: nil, and prints why, where the ledger cannot be read.
  private func facts(_ catalogue: CatalogueFollowUp, _ graph: DependencyGraph) async throws
    -> CatalogueFacts?
  {
    do {
      return try await withInterruption { try await catalogue.facts(of: graph) }
    } catch let error as RunError where error.status != .interrupted {
      let reason = error.diagnostic
      Console.report([
        Diagnostic(
          .warning, "the states of the reports are unknown: \(reason.message)", detail: reason.detail,
          hint: reason.hint)
      ])
      return nil
    }
  }

  private func show(
    _ contents: Catalogue, _ pages: CatalogueFolder.Result, index: String, path: String
  ) throws {
    if global.format == .json {
      return try Console.printJSON(
        Document(
          index: path, reports: contents.reports.count, dashboards: contents.dashboards.count,
          statesAsOf: contents.readAt, written: pages.written, unchanged: pages.unchanged,
          removed: pages.removed))
    }
    let counts = [
      counted(contents.reports.count, "report"), counted(contents.dashboards.count, "dashboard"),
    ]
    Console.print(
      """
      \(counts.joined(separator: ", "))  states \(contents.readAt.map { "as of \($0)" } ?? "unknown")
        index  \(index)
        pages  \(pages.written) written, \(pages.unchanged) unchanged, \(pages.removed) removed
      """)
  }
}
