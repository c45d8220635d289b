import ArgumentParser
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel

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
    do {
      let servers = context.servers(try context.environment())
      let done = try await LedgerSetup(servers: servers).run(reports: reports)
      if !global.quiet { Console.print((done + ["the ledger is ready"]).joined(separator: "\n")) }
    } catch let error as RunError {
      throw end([error.diagnostic], error.status)
    }
  }
}
