import ArgumentParser
import ReportDefinitions
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings
import Sandbox

struct TestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Test definitions on the sandbox: rows in, rows out.",
    usage: "reportgen test [<options>] [<name> ...]",
    discussion: """
      EXAMPLES:
        reportgen test                every test of every report
        reportgen test sales-daily    those in reports/sales-daily.test.yaml
        reportgen test --tag sales    those of all reports with a tag
      """)

  @OptionGroup(title: "Which reports") var selection: SelectionOptions

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard let env = global.env, env != Project.sandboxName else { return }
    throw ValidationError("Tests run on the sandbox alone, not on environment \"\(env)\".")
  }

  func run() async throws {
    let context = try ProjectContext(global)
    let reports = try context.loadReports()
    let chosen = try context.select(selection, from: DependencyGraph(reports))
    let suites = try suites(of: chosen, context, reports)
    try await startSandbox(context)
    let servers = servers(context)
    let reads = ServerReads(timezone: servers.timezone) { try await servers.openReaderOfPrimary() }
    let graph = DependencyGraph(try await withInterruption { try await reads.adding(.all, to: reports) })
    let runner = TestRunner(servers: servers, reader: "reportgen_reader")
    let (isText, isQuiet) = (global.format == .text, global.quiet)
    let outcomes = try await withInterruption {
      try await runner.run(suites, graph: graph) { outcome in
        if isText, !isQuiet || outcome.state != .passed { Console.print(TestSummary.text(outcome)) }
        Console.report(outcome.diagnostics, of: outcome.report)
      }
    }
    if isText {
      Console.print(TestSummary.total(outcomes))
    } else {
      try Console.printJSON(TestDocument(outcomes))
    }
    try ExitStatus.combined(outcomes.map(\.status)).exit()
  }

  /// - Throws: `RunError`, 65 with every error of every test file, 64 when no test is left.
  private func suites(of chosen: [Report], _ context: ProjectContext, _ reports: [Report]) throws
    -> [ReportTests]
  {
    let loaded = context.settings.loader.loadTests(reports)
    guard !loaded.hasErrors else { throw RunError(.definition, loaded.diagnostics) }
    if global.verbose { Console.report(loaded.diagnostics) }
    let names = Set(chosen.map(\.name))
    let suites = loaded.value.filter { names.contains($0.report) }
    guard suites.isEmpty else { return suites }
    let example = (chosen.count == 1 ? chosen.first : nil)?.metadataFile.dropLast(".yaml".count)
    throw RunError(
      .usage,
      Diagnostic(
        "no test is chosen",
        hint: "Tests are in \(example ?? "reports/NAME").test.yaml; see docs/testing.md."))
  }

  private func startSandbox(_ context: ProjectContext) async throws {
    guard !context.settings.sandbox.isPrimaryUp else { return }
    _ = try await raise(context, failing: .unavailable) { sandbox, progress in
      try await sandbox.up(progress: progress)
    }
  }

  /// As the superuser: tests are about definitions, not about rights.
  private func servers(_ context: ProjectContext) -> Servers {
    var servers = Servers(
      replica: "", primary: context.settings.sandbox.conninfo(.primary, user: "postgres"), owner: nil,
      timezone: context.settings.project.timezone, statementTimeoutSeconds: 60)
    servers.searchPath = context.settings.searchPath(context.settings.sandboxEnvironment)
    return servers
  }
}
