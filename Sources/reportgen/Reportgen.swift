import ArgumentParser
import Glibc
import ReportModel
import ReportSettings

@main
struct Reportgen: AsyncParsableCommand {
  /// As in our own diagnostics.
  static let _errorLabel = "error"

  static let configuration = CommandConfiguration(
    commandName: "reportgen",
    abstract: "Run reports on a PostgreSQL replica; publish summary tables, CSV files and pages.",
    discussion: """
      EXAMPLES:
        reportgen sandbox up            a private primary and replica
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
    version: BuildRecord().text,
    subcommands: [
      RunCommand.self, PlanCommand.self, LintCommand.self, TestCommand.self, ListCommand.self,
      ShowCommand.self, StartCommand.self, NewCommand.self, InitCommand.self,
      StatusCommand.self, HistoryCommand.self, VerifyCommand.self, ExportCommand.self, RetireCommand.self,
      DoctorCommand.self, ExplainCommand.self, DocsCommand.self,
      SupersetCommand.self, SandboxCommand.self,
    ])

  static func main() async {
    // First of all: from here on a signal ends the command with 130.
    _ = Interruption.shared
    // A reader that has gone away, or a server that closes the connection while it is asked to cancel, is an error of
    // one write and must not end a run.
    signal(SIGPIPE, SIG_IGN)
    do {
      let arguments = try CommandArguments.read()
      if let format = try VersionRequest.format(of: arguments) {
        try VersionRequest.answer(in: format)
        end(.done)
      }
      Console.usePaint(Paint.isOn(arguments, descriptor: 2))
      try CommandNames.check(arguments)
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      end(with: error)
    }
    end(.done)
  }

  func run() throws { try CommandArguments.refuseMissingCommand(Self.self) }

  /// Prints the error and ends the process with its exit code.
  private static func end(with error: any Error) -> Never {
    switch error {
    case let error as RunError: end(with: error)
    case is CancellationError: end(with: RunError(.interrupted, Diagnostic("interrupted")))
    case let code as ExitCode: end(code.rawValue)
    // Every other error that ArgumentParser does not know as wrong usage or a request for help.
    case _ where exitCode(for: error) == .failure:
      end(with: RunError(.bug, Diagnostic("unexpected error: \(error)")))
    default:
      let (code, text) = (exitCode(for: error), fullMessage(for: error))
      if code.isSuccess { Console.print(text + "\n") } else { Console.say(text) }
      end(code.rawValue)
    }
  }

  private static func end(with error: RunError) -> Never {
    Console.report(error.diagnostics)
    end(error.status.rawValue)
  }

  private static func end(_ status: ExitStatus) -> Never { end(status.rawValue) }

  private static func end(_ code: Int32) -> Never {
    let interruption = Interruption.shared
    if interruption.hasCome, code != ExitStatus.interrupted.rawValue {
      Console.report([Diagnostic("interrupted")])
    }
    Glibc.exit(interruption.exitCode(code))
  }
}
