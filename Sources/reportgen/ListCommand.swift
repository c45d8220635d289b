import ArgumentParser
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the project's reports, without a server.",
    usage: "reportgen list [<options>] [<name> ...]",
    discussion: """
      EXAMPLES:
        reportgen list                 every report
        reportgen list --tag nightly   those with a tag
      """)

  @OptionGroup(title: "Which reports") var selection: SelectionOptions

  @OptionGroup var global: GlobalOptions

  private struct Entry: Encodable {
    var name: String
    var title: String
    var period: String
    var materialization: String
    var table: String?
    var tags: [String]
    var reads: [String]
  }

  func run() throws {
    let context = try ProjectContext(global)
    let graph = DependencyGraph(try context.loadReports())
    let reports = try context.select(selection, from: graph, orAll: true)
    if global.format == .json { return try Console.printJSON(reports.map(entry)) }
    guard !reports.isEmpty else { return Console.print("no reports; \"reportgen new NAME\" creates one") }
    let head = ["REPORT", "PERIOD", "AS", "TABLE", "TITLE"]
    let rows = reports.map { report in
      [
        report.name, report.period.rawValue, report.materialization.kind.rawValue,
        report.materialization.table?.description ?? "-", report.title,
      ]
    }
    Console.print(Console.table([head] + rows))
  }

  private func entry(_ report: Report) -> Entry {
    Entry(
      name: report.name, title: report.title, period: report.period.rawValue,
      materialization: report.materialization.kind.rawValue, table: report.materialization.table?.description,
      tags: report.tags, reads: report.reads.map(\.description))
  }
}
