import ArgumentParser
import Glibc

@main
struct Reportgen: AsyncParsableCommand {
  /// As in our own diagnostics.
  static let _errorLabel = "error"

  static let configuration = CommandConfiguration(
    commandName: "reportgen",
    abstract: "Run reports on a PostgreSQL replica; publish summary tables, CSV files and pages.",
    discussion: """
      EXAMPLES:
        reportgen sandbox up            a private primary and replica to try things on
        reportgen run sales-daily       every missing day of one report
        reportgen status                what is published, and as of when

      EXIT CODES:
        0    done
        1    a report failed, or files are owed
        64   wrong usage
        65   wrong definition or configuration
        69   no server could be reached
        70   a bug of reportgen
        75   try again later
        130  interrupted
      """,
    version: Version.text,
    subcommands: [
      RunCommand.self, PlanCommand.self, LintCommand.self, TestCommand.self, ListCommand.self,
      ShowCommand.self, NewCommand.self, InitCommand.self,
      StatusCommand.self, HistoryCommand.self, VerifyCommand.self, ExportCommand.self, DoctorCommand.self,
      SupersetCommand.self, SandboxCommand.self,
    ])

  static func main() async {
    // A reader that has gone away, or a server that hangs up while it is asked to cancel, is an error of one write and
    // must not end a run.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let ending as Ending {
      Console.report(ending.diagnostics)
      exit(withError: ExitCode(ending.status.rawValue))
    } catch {
      exit(withError: error)
    }
  }
}

enum Version {
  static let number = "0.1.0"
  static let text = "reportgen \(number)"
}
