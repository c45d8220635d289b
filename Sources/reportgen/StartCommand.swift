import ArgumentParser
import Foundation
import LocalFiles
import PostgresClient
import ReportLedger
import ReportModel
import ReportSettings

struct StartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Begin a project in an empty folder: try the servers, write its files and a first report.",
    usage: "reportgen start [<options>]",
    discussion: """
      Asks on a terminal for what no option says. Passwords stay where libpq looks for them: \
      ~/.pgpass or a service file. Roles and rights that are missing are written to roles.sql, \
      for a superuser to run. All files are written, or none; nothing is changed on the servers.

      EXAMPLES:
        reportgen start
        reportgen start --primary service=shop --replica none      one server
        reportgen start --primary service=shop-primary \\
          --replica service=shop-replica --table shop.orders
      """)

  @Option(help: ArgumentHelp("Publish reports on this server.", valueName: "conninfo"))
  var primary: String?

  @Option(
    help: ArgumentHelp("Read them on this one; none where there is only one server.", valueName: "conninfo"))
  var replica: String?

  @Option(
    help: ArgumentHelp(
      "Let this role own the summary tables. (default: \(StartChoice.owner))", valueName: "role"))
  var owner: String?

  @Option(help: ArgumentHelp("Let days begin in this time zone. (default: the machine's)", valueName: "name"))
  var timezone: String?

  @Option(help: ArgumentHelp("Make a first report of this table or view.", valueName: "schema.table"))
  var table: String?

  @Option(help: ArgumentHelp("Call that report so. (default: after the table)", valueName: "name"))
  var report: String?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if report != nil, table == nil, !Prompt.isPossible { throw ValidationError("--report needs --table.") }
  }

  func run() async throws {
    let surroundings = try Surroundings.ofProcess()
    Console.use(try LogFormat.setting(global.logFormat, in: surroundings).value, isVerbose: global.verbose)
    let folder = ProjectFolder.absolute(global.project ?? ".", from: surroundings.directory)
    try refuseProject(in: folder)
    let choice = try choice()
    let start = StartProject(choice, in: folder)
    let plan = try await withInterruption { try await start.plan() }
    let set = FileSet(plan.files)
    do throws(SystemError) {
      try finishing { () throws(SystemError) in try set.create(in: folder) }
    } catch {
      throw RunError(
        .failed, error.diagnostic(detail: "No file was written.", hint: "Begin in an empty folder."))
    }
    for file in set.files { Console.print(file.path) }
    Console.report(plan.warnings)
    for purpose in plan.missing { Console.note("missing: \(purpose)") }
    Console.note(next(plan, choice))
  }

  private func next(_ plan: StartProject.Plan, _ choice: StartChoice) -> String {
    guard plan.missing.isEmpty, plan.warnings.allSatisfy({ $0.severity != .warning || plan.report != nil })
    else {
      let roles =
        plan.missing.isEmpty
        ? "Let the roles in"
        : "Run \(StartProject.rolesFile) on the primary, as a superuser of \(plan.database)"
      let more =
        choice.table.map { "reportgen new \(choice.reportName) --from '\($0)'" } ?? "reportgen doctor"
      return "\(roles); then: \(more)"
    }
    return plan.report.map { "Next: reportgen init && reportgen run \($0)" }
      ?? "Next: reportgen new NAME --from schema.table"
  }

  private func refuseProject(in folder: String) throws {
    guard LocalFile.exists(folder + "/reportgen.yaml") else { return }
    throw RunError(
      .usage,
      Diagnostic(
        "this folder has a project already", effect: .nothingChanged,
        hint: "\"reportgen new NAME --from schema.table\" adds a report to it."))
  }

  private func choice() throws -> StartChoice {
    let asks = Prompt.isPossible
    func value(_ given: String?, _ option: String, _ question: String, _ fallback: String?) throws -> String {
      if let given { return given }
      if asks { return try Prompt.ask(question, fallback: fallback) }
      guard let fallback else {
        throw RunError(
          .usage,
          Diagnostic("--\(option) is missing", hint: "Without a terminal every question needs its option."))
      }
      return fallback
    }
    let primary = try checked(
      value(self.primary, "primary", "Primary, a libpq connection string such as service=shop-primary", nil),
      "primary")
    let replica = try checked(
      value(self.replica, "replica", "Replica of it, or none where there is only one server", nil), "replica")
    let zone = TimeZone.current.identifier
    let timezone = try value(
      timezone, "timezone", "Time zone, where a day begins", ["GMT", "Etc/UTC"].contains(zone) ? "UTC" : zone)
    let table = try value(self.table, "table", "Table of a first report, schema.table; empty for none", "")
    return StartChoice(
      environment: global.env ?? "production", primary: primary, replica: replica,
      owner: owner ?? StartChoice.owner, timezone: timezone, table: table.isEmpty ? nil : table,
      report: report)
  }

  private func checked(_ conninfo: String, _ option: String) throws -> String {
    guard Conninfo.holdsPassword(conninfo) else { return conninfo }
    throw RunError(
      .usage,
      Diagnostic(
        "the connection string of --\(option) holds a password", effect: .nothingChanged,
        hint: "Passwords belong in ~/.pgpass or a service file."))
  }
}
