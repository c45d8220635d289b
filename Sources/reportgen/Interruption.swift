import Dispatch
import Foundation
import ReportModel

/// Turns SIGINT and SIGTERM into the cancellation of a task, so that statements are cancelled and files removed before
/// the command ends.
///
/// A server that is silent can hold that up for some seconds; a second signal ends the command at once, and the next
/// run cleans up as after a SIGKILL.
func withInterruption<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws
  -> Value
{
  let task = Task { try await body() }
  let interruption = Interruption { task.cancel() }
  defer { interruption.end() }
  return try await task.value
}

/// Its state is touched on its queue only.
private final class Interruption: @unchecked Sendable {
  private static let patience = DispatchTimeInterval.seconds(1)

  private let cancel: @Sendable () -> Void
  private let queue = DispatchQueue(label: "interruption")
  private var sources: [any DispatchSourceSignal] = []
  private var isInterrupted = false

  init(cancel: @escaping @Sendable () -> Void) {
    self.cancel = cancel
    queue.sync { sources = [SIGINT, SIGTERM].map(makeSource) }
  }

  func end() {
    queue.sync {
      for source in sources { source.cancel() }
      sources = []
    }
  }

  private func makeSource(_ number: Int32) -> any DispatchSourceSignal {
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
    source.setEventHandler { [self] in heed() }
    source.resume()
    return source
  }

  private func heed() {
    if isInterrupted { _exit(ExitStatus.interrupted.rawValue) }
    isInterrupted = true
    cancel()
    queue.asyncAfter(deadline: .now() + Self.patience) { [self] in
      guard !sources.isEmpty else { return }
      Console.note("waiting for the servers to cancel; interrupt again to end at once")
    }
  }
}
