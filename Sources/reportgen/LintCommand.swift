import ArgumentParser
import ReportDefinitions
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings

struct LintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Find every mistake in every definition and test file, without a server or with one.",
    usage: "reportgen lint [<options>]",
    discussion: """
      EXAMPLES:
        reportgen lint                   0 when there are no errors, 65 otherwise
        reportgen lint --format json     the same for an editor or a pipeline
        reportgen lint --online          also what the environment's servers know
      """)

  @Flag(
    help: "Ask the servers, too: rights, types, tables that do not fit, hidden dependencies. Runs no query.")
  var online = false

  @OptionGroup var global: GlobalOptions

  private struct Document: Encodable {
    var reports: Int
    var diagnostics: [DiagnosticDocument]
  }

  func run() async throws {
    let settings = try ProjectContext(global).settings
    let reports = settings.readReports()
    let dashboards = settings.loader.loadDashboards(reports)
    var loaded = Loaded(
      value: reports.value,
      diagnostics: reports.diagnostics + settings.loader.loadTests(reports.value).diagnostics
        + dashboards.diagnostics + settings.lintLanguages(reports.value, dashboards.value))
    if !loaded.hasErrors {
      loaded.diagnostics += RoleRules(reports.value, dashboards.value).check(settings.project)
    }
    if online {
      do {
        loaded.diagnostics += try await found(reports.value, settings)
      } catch {
        Console.report(loaded.diagnostics)
        throw error
      }
    }
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

  private func found(_ reports: [Report], _ settings: ProjectSettings) async throws -> [Diagnostic] {
    let lint = OnlineLint(servers: settings.servers(try settings.environment().environment))
    return try await withInterruption { try await lint.lint(reports) }
  }
}
