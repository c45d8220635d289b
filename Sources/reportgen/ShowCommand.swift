import ArgumentParser
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a report's definition, or its SQL filled in for SQL Lab or psql.",
    usage: "reportgen show [<options>] <name> [--sql [--date <day>]]",
    discussion: """
      EXAMPLES:
        reportgen show sales-daily
        reportgen show sales-daily --sql --date 2026-11-22
      """)

  @Argument(help: "The report.")
  var name: String

  @Flag(help: "Print the SQL with its parameters filled in.")
  var sql = false

  @Option(
    help: ArgumentHelp("Fill in the interval that contains this day.", valueName: "day"),
    transform: DayWords.argument)
  var date: DayWords?

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try ProjectContext(global)
    let graph = DependencyGraph(try context.loadReports())
    let selected = try Selection(patterns: [name]).reports(of: graph)
    guard selected.count == 1, let report = selected.first else {
      throw RunError(
        .usage, Diagnostic("\"\(name)\" names \(selected.count) reports, but show takes one"))
    }
    if sql {
      let interval = try interval(of: report, context.settings)
      Console.printSource(
        report.filledSQL(interval: interval, timezone: context.settings.project.timezone) + ";")
    } else if global.format == .json {
      try Console.printJSON(ReportDocument(report, graph: graph))
    } else {
      Console.print(ReportDocument(report, graph: graph).text)
    }
  }

  private func interval(of report: Report, _ settings: ProjectSettings) throws -> Interval? {
    guard report.period != .none else { return nil }
    guard let date else {
      throw RunError(
        .usage,
        Diagnostic(
          "report \"\(report.name)\" has no SQL without a day: its period is \"\(report.period.rawValue)\"",
          hint: "Add --date, such as --date \(report.start?.description ?? "2026-11-22")."))
    }
    return date.interval(today: settings.today).flatMap { report.period.interval(containing: $0.start) }
  }
}
