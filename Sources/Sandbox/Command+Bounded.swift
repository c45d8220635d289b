import Glibc
import Synchronization

extension Command {
  /// How a program of somebody else's ended that was given a bounded time.
  package struct BoundedResult: Sendable {
    /// As a shell tells it: 128 + N after signal N.
    package var status: Int32
    /// The end of both streams, in the order in which they were written.
    package var output: String
    package var isTimedOut: Bool
  }

  private static let outputBytes = 65_536
  /// Time between SIGTERM and SIGKILL.
  private static let grace = Duration.seconds(2)

  /// Runs the program with a text as its standard input. When the time is over, or the task is cancelled, it is ended
  /// with everything that it started.
  ///
  /// The input is a file without a name: a program that does not read it disturbs nobody.
  package func run(input: String, within limit: Duration) async throws -> BoundedResult {
    let input = try AnonymousFile(input)
    let output = try AnonymousFile()
    let child = try ChildProcess(
      self, input: input.descriptor, output: output.descriptor, error: output.descriptor)
    let (status, isTimedOut) = await Self.end(of: child, within: limit)
    return BoundedResult(
      status: status, output: output.text(last: Self.outputBytes), isTimedOut: isTimedOut)
  }

  /// The same without an input, and with both streams apart and whole.
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
    return (status, isTimedOut.withLock { $0 })
  }
}
