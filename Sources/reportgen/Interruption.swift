import Dispatch
import Glibc
import ReportModel

/// Turns a signal into the cancellation of a task, so that statements are cancelled and files removed before the command
/// ends.
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

/// Runs to its end what takes a moment and must not stop halfway; the command ends 130 after it.
nonisolated(nonsending) func withoutInterruption<Value>(_ body: () async throws -> Value) async rethrows
  -> Value
{
  Interruption.shared.begin(cancel: nil)
  defer { Interruption.shared.end() }
  return try await body()
}

/// The same for a body that does not wait.
func finishing<Value, Failure>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
  Interruption.shared.begin(cancel: nil)
  defer { Interruption.shared.end() }
  return try body()
}

/// SIGINT, SIGTERM and SIGHUP end the command with 130, from the first instruction to the last: at once where there is
/// nothing to tidy, otherwise after the work in progress has been cancelled and tidied.
///
/// A signal that was ignored when the command began stays ignored: `nohup` and shells ask for that.
/// The state is used on the queue only.
final class Interruption: @unchecked Sendable {
  static let shared = Interruption()

  private static let patience = DispatchTimeInterval.seconds(1)
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  private let queue = DispatchQueue(label: "interruption")
  private var sources: [any DispatchSourceSignal] = []
  /// What is in progress has to be tidied, so a signal does not end the command at once.
  private var hasWork = false
  /// Nil where the work in progress runs to its end.
  private var cancel: (@Sendable () -> Void)?
  private var isInterrupted = false
  /// The exit code is decided.
  private var isEnding = false

  private init() {
    for number in Self.signals where !Self.isIgnored(number) {
      Self.endAtOnce(on: number)
      // From its start on, the source takes the signal's place.
      sources.append(makeSource(number))
    }
  }

  /// A signal has come; what it stopped has been tidied, or is being tidied.
  var hasCome: Bool { queue.sync { isInterrupted } }

  func begin(cancel: (@Sendable () -> Void)?) {
    queue.sync {
      hasWork = true
      self.cancel = cancel
      // Work that begins after the signal has nothing to wait for.
      if isInterrupted { cancel?() }
    }
  }

  func end() {
    queue.sync {
      hasWork = false
      cancel = nil
    }
  }

  /// Decides the exit code.
  ///
  /// - Returns: 130 when a signal has come, otherwise the code given. Until the process is gone, a signal makes it 130.
  func exitCode(_ code: Int32) -> Int32 {
    queue.sync {
      isEnding = true
      for number in Self.signals where !Self.isIgnored(number) { Self.endAtOnce(on: number) }
      return isInterrupted ? ExitStatus.interrupted.rawValue : code
    }
  }

  private func makeSource(_ number: Int32) -> any DispatchSourceSignal {
    let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
    source.setEventHandler { [self] in heed() }
    source.resume()
    return source
  }

  private func heed() {
    if isEnding || isInterrupted { _exit(ExitStatus.interrupted.rawValue) }
    isInterrupted = true
    guard hasWork else {
      Self.say { Console.report([Diagnostic("interrupted")]) }
      _exit(ExitStatus.interrupted.rawValue)
    }
    cancel?()
    queue.asyncAfter(deadline: .now() + Self.patience) { [self] in
      guard hasWork, cancel != nil else { return }
      Self.say { Console.note("waiting for the servers to cancel; interrupt again to end at once") }
    }
  }

  /// Standard error can be a pipe that nobody reads: that must not hold up the next signal.
  private static func say(_ body: @escaping @Sendable () -> Void) {
    let isSaid = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      body()
      isSaid.signal()
    }
    _ = isSaid.wait(timeout: .now() + .milliseconds(200))
  }

  private static func endAtOnce(on number: Int32) {
    signal(number) { _ in _exit(130) }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }
}
