import Foundation
import ReportEngine
import Synchronization

/// One line of progress that is overwritten, on a terminal only; retries are said aloud everywhere.
final class Progress: Sendable {
  private let isTerminal: Bool
  private let isQuiet: Bool
  private let isVerbose: Bool
  private let isLineOpen = Mutex(false)

  init(isQuiet: Bool, isVerbose: Bool) {
    isTerminal = isatty(2) == 1
    self.isQuiet = isQuiet
    self.isVerbose = isVerbose
  }

  func show(_ event: RunEvent) {
    guard !isQuiet else { return }
    switch event {
    case .step(let report, let step):
      if isVerbose {
        Console.note("\(report): \(step)")
      } else if isTerminal {
        rewrite("\(report): \(step) …")
      }
    case .retrying(let report, let reason, let milliseconds):
      clear()
      Console.note("\(report): trying again in \(milliseconds) ms: \(reason)")
    case .finished:
      clear()
    }
  }

  func clear() {
    isLineOpen.withLock { isOpen in
      if isOpen { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
      isOpen = false
    }
  }

  private func rewrite(_ text: String) {
    isLineOpen.withLock { isOpen in
      FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
      isOpen = true
    }
  }
}
