import Foundation
import ProcessRunner
import ReportEngine
import ReportModel

/// A project's own command at the end of a run: it reads the run's JSON document, and has a bounded time.
struct Hook {
  /// `on_success` or `on_failure`, for messages.
  var name: String
  var command: HookCommand
  /// Where it starts.
  var directory: String
  var environment: [String: String]
  var timeoutSeconds: Int

  /// - Returns: what went wrong, as warnings: a hook changes nothing about the run.
  func run(_ document: String) async -> [Diagnostic] {
    do {
      let result = try await withInterruption { [process, timeoutSeconds] in
        try await process.run(input: document, within: .seconds(timeoutSeconds))
      }
      say(result.output)
      return result.isTimedOut ? [timedOut] : result.status == 0 ? [] : [failed(result.status)]
    } catch {
      return [Diagnostic(.warning, "could not run \(name): \((error as? Diagnostic)?.message ?? "\(error)")")]
    }
  }

  private var process: Command { command.process(named: name, in: directory, environment: environment) }

  private func say(_ output: String) {
    guard !output.isEmpty else { return }
    Console.log(LogEntry(.hookOutput, output.hasSuffix("\n") ? String(output.dropLast()) : output))
  }

  private func failed(_ status: Int32) -> Diagnostic {
    Diagnostic(
      .warning, "\(name) ended with exit code \(status)",
      detail: "The run's own exit code stays as it is.")
  }

  private var timedOut: Diagnostic {
    Diagnostic(
      .warning, "\(name) did not end within \(timeoutSeconds) s and was killed",
      detail: "The run's own exit code stays as it is.",
      hint: "Raise hook_timeout in reportgen.yaml, or let it hand its work to something that goes on alone.")
  }
}
