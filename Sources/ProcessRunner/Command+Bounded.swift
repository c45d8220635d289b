import Glibc
import Synchronization

extension Command {
  /// Exit status and output of a program that had a time limit.
  package struct BoundedResult: Sendable {
    /// As a shell reports it: 128 + N after signal N.
    package var status: Int32
    /// The last 64 KiB of standard output and standard error, in the order in which they were written.
    package var output: String
    /// The program was ended because its time was over.
    package var isTimedOut: Bool
  }

  private static let outputBytes = 65_536
  /// Time between SIGTERM and SIGKILL.
  private static let grace = Duration.seconds(2)

  /// Runs the program with a text as its standard input.
  ///
  /// When the time is over, its process group gets SIGTERM and 2 s later SIGKILL; when the task is cancelled, SIGKILL at
  /// once. However it ends, what is left of its session is killed then. The input is an unlinked file, so that a program
  /// that does not read it blocks nobody.
  /// - Throws: `Diagnostic` when the program cannot be started.
  package func run(input: String, within limit: Duration) async throws -> BoundedResult {
    let input = try AnonymousFile(input)
    let output = try AnonymousFile()
    let child = try ChildProcess(
      self, input: input.descriptor, output: output.descriptor, error: output.descriptor)
    let (status, isTimedOut) = await Self.end(of: child, within: limit)
    return BoundedResult(
      status: status, output: output.text(last: Self.outputBytes), isTimedOut: isTimedOut)
  }

  /// The same without an input; keeps both streams, separately and completely.
  ///
  /// - Returns: nil when it did not end in time.
  package func run(within limit: Duration) async throws -> Result? {
    let (input, output, error) = (try AnonymousFile(""), try AnonymousFile(), try AnonymousFile())
    let child = try ChildProcess(
      self, input: input.descriptor, output: output.descriptor, error: error.descriptor)
    let (status, isTimedOut) = await Self.end(of: child, within: limit)
    return isTimedOut ? nil : Result(status: status, output: output.text(), error: error.text())
  }

  private static func end(of child: ChildProcess, within limit: Duration) async -> (Int32, isTimedOut: Bool) {
    let isTimedOut = Mutex(false)
    let guardian = Task {
      try await Task.sleep(for: limit)
      isTimedOut.withLock { $0 = true }
      child.signalGroup(SIGTERM)
      try await Task.sleep(for: grace)
      child.signalGroup(SIGKILL)
    }
    let status = await withTaskCancellationHandler {
      await child.waitForExit()
    } onCancel: {
      child.signalGroup(SIGKILL)
    }
    guardian.cancel()
    child.killSession()
    return (status, isTimedOut.withLock { $0 })
  }
}
