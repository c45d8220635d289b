import ProcessRunner
import ReportModel

/// A command of the project that runs after a run: it reads the run's JSON document and has a time limit.
package struct Hook: Sendable {
  /// Its key in reportgen.yaml, `on_success` or `on_failure`.
  package var name: String
  package var command: HookCommand
  /// Where it starts.
  package var directory: String
  /// Added to our own environment.
  package var environment: [String: String]
  /// Then the hook and everything that it started is ended.
  package var timeoutSeconds: Int

  /// What a hook printed and what went wrong with it.
  package struct Outcome: Sendable, Hashable {
    /// Standard output and standard error without the last line break; nil when it printed nothing.
    package var output: String?
    package var warnings: [Diagnostic] = []
  }

  /// Runs the command; a cancelled task kills it.
  package func run(_ document: String) async -> Outcome {
    let process = command.process(named: name, in: directory, environment: environment)
    do {
      let result = try await process.run(input: document, within: .seconds(timeoutSeconds))
      var outcome = Outcome()
      if !result.output.isEmpty {
        outcome.output =
          result.output.hasSuffix("\n") ? String(result.output.dropLast()) : result.output
      }
      if result.isTimedOut {
        outcome.warnings = [timedOut]
      } else if result.status != 0 {
        outcome.warnings = [failed(result.status)]
      }
      return outcome
    } catch {
      return Outcome(warnings: [.warning(of: error) { "could not run \(name): \($0.message)" }])
    }
  }

  private static let unchanged = "The exit code of the run is not changed."

  private func failed(_ status: Int32) -> Diagnostic {
    Diagnostic(.warning, "\(name) ended with exit code \(status)", detail: Self.unchanged)
  }

  private var timedOut: Diagnostic {
    Diagnostic(
      .warning, "\(name) did not end within \(timeoutSeconds) s and was killed",
      detail: Self.unchanged,
      hint: "Raise hook_timeout in reportgen.yaml, or let the hook hand long work to a service manager.")
  }
}
