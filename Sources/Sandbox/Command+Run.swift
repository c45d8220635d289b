import Foundation
import ReportModel

extension Command {
  /// What a program that has ended left behind.
  package struct Result: Sendable {
    /// As a shell tells it: 128 + N after signal N.
    package var status: Int32
    package var output: String
    package var error: String
  }

  /// Runs the program to its end; a cancelled task ends it with SIGTERM and throws `CancellationError`.
  ///
  /// Output is collected in unlinked files: a pipe would be inherited by whatever the program leaves running,
  /// and we would wait for its end too.
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

  /// The same for callers that cannot wait otherwise; holds its thread until the program's end.
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
