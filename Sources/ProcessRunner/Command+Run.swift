import Foundation
import ReportModel

extension Command {
  /// Exit status and output of a program that has ended.
  package struct Result: Sendable {
    /// As a shell reports it: 128 + N after signal N.
    package var status: Int32
    /// All of standard output.
    package var output: String
    /// All of standard error.
    package var error: String
  }

  /// Runs the program to its end; a cancelled task sends it SIGTERM and throws `CancellationError`.
  ///
  /// Output is collected in unlinked files: a pipe would stay open, and be waited for, as long as any process that the
  /// program leaves running.
  /// - Throws: `Diagnostic` when the program cannot be started.
  package func run() async throws -> Result {
    let output = try AnonymousFile()
    let error = try AnonymousFile()
    let child = try ChildProcess(self, output: output.descriptor, error: error.descriptor)
    let status = await withTaskCancellationHandler {
      await child.waitForExit()
    } onCancel: {
      child.signal(SIGTERM)
    }
    try Task.checkCancellation()
    return Result(status: status, output: output.text(), error: error.text())
  }

  /// The same for callers that are not asynchronous; blocks the thread until the program has ended.
  package func runBlocking() throws -> Result {
    let output = try AnonymousFile()
    let error = try AnonymousFile()
    let ended = DispatchSemaphore(value: 0)
    let child = try ChildProcess(self, output: output.descriptor, error: error.descriptor)
    child.onExit { _ in ended.signal() }
    ended.wait()
    return Result(status: child.exitStatus ?? 0, output: output.text(), error: error.text())
  }
}
