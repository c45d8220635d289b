import ReportEngine
import ReportInspection
import ReportLedger
import Synchronization

/// Shows the progress of a run: lines that are redrawn on a terminal, a log elsewhere, nothing with `--quiet`.
final class Progress: Sendable {
  private struct State {
    var board: RunBoard
    var log: RunLog
    /// Draws in intervals; nil when nothing may be drawn any more.
    var ticker: Task<Void, Never>?
  }

  private static let redrawPause = Duration.milliseconds(250)

  private let isQuiet: Bool
  /// Progress is drawn on a terminal; the log has only retries and notes then.
  private let isLive: Bool
  private let clock = ContinuousClock()
  private let origin: ContinuousClock.Instant
  private let state: Mutex<State>

  init(_ options: GlobalOptions) {
    isQuiet = options.quiet
    isLive = !options.quiet && !options.verbose && Console.logFormat == .text && LiveArea.isPossible
    origin = clock.now
    state = Mutex(State(board: RunBoard(at: 0), log: RunLog(isVerbose: options.verbose, at: 0)))
  }

  func begin(reports: Int) {
    say(state.withLock { [$0.log.begin(reports: reports)] })
    watch()
  }

  /// Draws the progress without a log entry that a run has begun.
  func watch() {
    guard isLive else { return }
    let ticker = Task { [weak self] in
      while (try? await Task.sleep(for: Self.redrawPause)) != nil { self?.draw() }
    }
    state.withLock { $0.ticker = ticker }
  }

  func show(_ event: RunEvent) {
    let now = seconds
    say(
      state.withLock { state in
        state.board.apply(event, at: now)
        return state.log.entries(for: event, at: now)
      })
  }

  /// Stops drawing and removes what was drawn.
  func end(_ result: RunResult) {
    clear()
    let now = seconds
    say(state.withLock { $0.log.end(result, at: now) })
  }

  func clear() {
    state.withLock { state in
      state.ticker?.cancel()
      state.ticker = nil
    }
    Console.draw([])
  }

  private func draw() {
    let now = seconds
    let (columns, rows) = LiveArea.size
    state.withLock { state in
      guard state.ticker != nil else { return }
      Console.draw(state.board.lines(at: now, columns: columns, rows: rows))
    }
  }

  private func say(_ entries: [LogEntry]) {
    guard !isQuiet else { return }
    for entry in entries where !isLive || [.reportRetried, .note].contains(entry.event) { Console.log(entry) }
  }

  private var seconds: Double {
    let elapsed = (clock.now - origin).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
  }
}
