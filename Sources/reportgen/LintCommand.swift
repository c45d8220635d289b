import ArgumentParser
import ReportDefinitions
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings

struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Find every mistake in every definition and test file, without a server.",
    usage: "reportgen lint [<options>]",
    discussion: """
      EXAMPLES:
        reportgen lint                   0 when there are no errors, 65 otherwise
        reportgen lint --format json     the same for an editor or a pipeline
      """)

  @OptionGroup var global: GlobalOptions

  private struct Document: Encodable {
    var reports: Int
    var diagnostics: [DiagnosticDocument]
  }

  func run() throws {
    let settings = try ProjectContext(global).settings
    let reports = settings.loader.loadReports(settings.project)
    let loaded = Loaded(
      value: reports.value,
      diagnostics: reports.diagnostics + settings.loader.loadTests(reports.value).diagnostics
        + settings.loader.loadDashboards(reports).diagnostics)
    if global.format == .json {
      try Console.printJSON(
        Document(reports: loaded.value.count, diagnostics: loaded.diagnostics.map(DiagnosticDocument.init)))
    } else {
      Console.report(loaded.diagnostics)
      let errors = loaded.diagnostics.filter { $0.severity == .error }.count
      let warnings = loaded.diagnostics.count - errors
      Console.print(
        "\(counted(loaded.value.count, "report")) without errors, \(counted(errors, "error")), "
          + counted(warnings, "warning"))
    }
    if loaded.hasErrors { try ExitStatus.definition.exit() }
  }
}
