import ArgumentParser
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Create or migrate reportgen's ledger and the schemas of the summary tables on the primary.",
    usage: "reportgen init [<options>]",
    discussion: """
      EXAMPLES:
        reportgen init --env production
      """)

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let context = try ProjectContext(global)
    let reports = try context.loadReports()
    let settings = context.settings
    let servers = settings.servers(try settings.environment().environment)
    let done = try await withInterruption { try await LedgerSetup(servers: servers).run(reports: reports) }
    if !global.quiet { Console.print((done + ["the ledger is ready"]).visibleLines) }
  }
}
