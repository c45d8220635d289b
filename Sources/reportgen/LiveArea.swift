import Foundation
import ReportModel

/// The lines at the bottom of a terminal that are redrawn, and removed before anything else is written.
struct LiveArea {
  private var drawn: [String] = []

  /// - Returns: what has to be written to show these lines in place of those that are there.
  mutating func redraw(_ lines: [String]) -> String {
    guard lines != drawn else { return "" }
    let text = wipe() + lines.map { $0.visible() }.joined(separator: "\n")
    drawn = lines
    return text
  }

  /// Leaves the cursor where the first line began.
  mutating func wipe() -> String {
    guard !drawn.isEmpty else { return "" }
    let up = drawn.count > 1 ? "\u{1B}[\(drawn.count - 1)A" : ""
    drawn = []
    return "\r\(up)\u{1B}[J"
  }

  /// Standard error is a terminal that can move its cursor.
  static var isPossible: Bool {
    isatty(2) == 1 && !["", "dumb"].contains(ProcessInfo.processInfo.environment["TERM"] ?? "")
  }

  /// Of the terminal right now; it can change at any time.
  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}
