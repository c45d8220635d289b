import Dispatch
import Foundation
import ReportModel

/// Turns SIGINT and SIGTERM into the cancellation of a task, so that statements are cancelled and files removed before
/// the command ends.
///
/// A server that does not answer can delay that by some seconds. A second signal ends the command at once; the next run
/// then cleans up as after a SIGKILL.
func withInterruption<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws
  -> Value
{
  let task = Task { try await body() }
  Interruption.shared.begin { task.cancel() }
  defer { Interruption.shared.end() }
  return try await task.value
}

/// Receives the process's signals from the first use on: a signal source that was cancelled cannot be created again.
///
/// Its state is used on its queue only.
private final class Interruption: @unchecked Sendable {
  static let shared = Interruption()

  private static let patience = DispatchTimeInterval.seconds(1)

  private let queue = DispatchQueue(label: "interruption")
  private var sources: [any DispatchSourceSignal] = []
  /// Nil while there is nothing to cancel; signals are ignored then, because the command is about to end.
  private var cancel: (@Sendable () -> Void)?
  private var isInterrupted = false

  private init() { queue.sync { sources = [SIGINT, SIGTERM].map(makeSource) } }

  func begin(cancel: @escaping @Sendable () -> Void) {
    queue.sync {
      self.cancel = cancel
      isInterrupted = false
    }
  }

  func end() { queue.sync { cancel = nil } }

  private func makeSource(_ number: Int32) -> any DispatchSourceSignal {
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
    source.setEventHandler { [self] in heed() }
    source.resume()
    return source
  }

  private func heed() {
    guard let cancel else { return }
    if isInterrupted { _exit(ExitStatus.interrupted.rawValue) }
    isInterrupted = true
    cancel()
    queue.asyncAfter(deadline: .now() + Self.patience) { [self] in
      guard self.cancel != nil, isInterrupted else { return }
      Console.note("waiting for the servers to cancel; interrupt again to end at once")
    }
  }
}
