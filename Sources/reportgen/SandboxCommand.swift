import ArgumentParser
import ProcessRunner
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings
import Sandbox

struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract:
      "Run a private primary and streaming replica, with the project's sample data, to try reports on.",
    discussion: """
      EXAMPLES:
        reportgen sandbox up
        reportgen sandbox psql -- -c "select 1"
      """,
    subcommands: [Up.self, Down.self, Status.self, Psql.self, Reset.self])

  func run() throws { try CommandArguments.refuseMissingCommand(Self.self) }

  struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "up",
      abstract: "Create or start the sandbox, load its sample data, set up the ledger.",
      usage: "reportgen sandbox up [<options>]",
      discussion: """
        EXAMPLES:
          reportgen sandbox up
        """)
    @OptionGroup var global: GlobalOptions

    func run() async throws {
      try await start(try ProjectContext(global)) { sandbox, progress in
        try await sandbox.up(progress: progress)
      }
    }
  }

  struct Reset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reset",
      abstract: "Remove the sandbox with all its data and create it again.",
      usage: "reportgen sandbox reset [<options>]",
      discussion: """
        EXAMPLES:
          reportgen sandbox reset
        """)
    @OptionGroup var global: GlobalOptions

    func run() async throws {
      try await start(try ProjectContext(global)) { sandbox, progress in
        try await sandbox.reset(progress: progress)
      }
    }
  }

  struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "down",
      abstract: "Stop the sandbox and keep its data.",
      usage: "reportgen sandbox down [<options>]",
      discussion: """
        EXAMPLES:
          reportgen sandbox down
        """)
    @OptionGroup var global: GlobalOptions

    func run() async throws {
      let sandbox = try ProjectContext(global).settings.sandbox
      try await withInterruption { try await RunError.wrapping(.failed) { try await sandbox.down() } }
      if !global.quiet { Console.note("the sandbox is down") }
    }
  }

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "status",
      abstract: "Show the state of the sandbox; end with 0 when it is up, with 69 otherwise.",
      usage: "reportgen sandbox status [<options>]",
      discussion: """
        EXAMPLES:
          reportgen sandbox status
        """)
    @OptionGroup var global: GlobalOptions

    func run() async throws {
      let sandbox = try ProjectContext(global).settings.sandbox
      let status = try await withInterruption { await sandbox.status() }
      if global.format == .json { try Console.printJSON(status) } else { Console.print(describe(status)) }
      if !status.isUp { try ExitStatus.unavailable.exit() }
    }
  }

  struct Psql: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "psql",
      abstract: "Open psql on the sandbox's primary, or on its replica.",
      usage: "reportgen sandbox psql [<options>] [-- <argument> ...]",
      discussion: """
        EXAMPLES:
          reportgen sandbox psql
          reportgen sandbox psql --replica -- -c "table reports.sales_daily"
        """)
    @Flag(help: "Connect to the replica.")
    var replica = false

    @Option(help: ArgumentHelp("Connect as this role.", valueName: "role"))
    var user = "postgres"

    @Argument(parsing: .postTerminator, help: "Options of psql, after \"--\".")
    var arguments: [String] = []

    @OptionGroup var global: GlobalOptions

    func run() throws {
      let sandbox = try ProjectContext(global).settings.sandbox
      try RunError.wrapping(.failed) {
        try sandbox.psql(replica ? .replica : .primary, user: user, arguments: arguments).replaceProcess()
      }
    }
  }
}

/// Starts the sandbox and sets up its ledger; prints its servers, folders and ports.
private func start(
  _ context: ProjectContext,
  _ body: @escaping @Sendable (Sandbox, (String) -> Void) async throws -> SandboxStatus
) async throws {
  let status = try await raise(context, failing: .failed, body)
  if context.options.format == .json {
    try Console.printJSON(status)
  } else if !context.options.quiet {
    Console.print(describe(status))
  }
}

/// Starts the sandbox and sets up its ledger.
///
/// - Parameter status: of the error when it cannot be started.
func raise(
  _ context: ProjectContext, failing status: ExitStatus,
  _ body: @escaping @Sendable (Sandbox, (String) -> Void) async throws -> SandboxStatus
) async throws -> SandboxStatus {
  let isQuiet = context.options.quiet
  let settings = context.settings
  return try await withInterruption {
    let started = try await RunError.wrapping(status) {
      try await body(settings.sandbox) { if !isQuiet { Console.note($0) } }
    }
    let reports = settings.loader.loadReports(settings.project).value
    _ = try await LedgerSetup(servers: settings.servers(settings.sandboxEnvironment)).run(reports: reports)
    return started
  }
}

private func describe(_ status: SandboxStatus) -> String {
  func line(_ name: String, _ server: SandboxStatus.Server) -> [String] {
    [name, server.state.rawValue, "port \(server.port)", server.version ?? "-"]
  }
  var lines = [Console.table([line("primary", status.primary), line("replica", status.replica)])]
  lines.append("database \(status.database), sockets in \(status.socketDirectory)")
  if let folder = status.dataDirectory { lines.append("data in \(folder)") }
  if let lag = status.replayLagBytes { lines.append("replay lag \(lag) bytes") }
  return lines.joined(separator: "\n")
}
