import Foundation
import Synchronization
import TestSupport
import Testing

/// A terminal that nobody looks at but a test: what is written to it moves a cursor over a screen.
final class PseudoTerminal: Sendable {
  /// For the command: its standard error.
  let descriptor: Int32
  private let master: Int32
  private let screen: Mutex<Screen>

  init(columns: Int, rows: Int) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var (number, locked): (Int32, Int32) = (0, 0)
    // What unlockpt and ptsname ask; Swift does not see them.
    try #require(ioctl(master, 0x4004_5431, &locked) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
    descriptor = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(descriptor >= 0)
    screen = Mutex(Screen(columns: columns))
    resize(columns: columns, rows: rows)
    Thread.detachNewThread { [self] in readAll() }
  }

  deinit { close(master) }

  func resize(columns: Int, rows: Int) {
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    screen.withLock { $0.columns = columns }
  }

  /// What stands on the screen now.
  var lines: [String] { screen.withLock { $0.lines } }
  /// Lines that were so long that the terminal wrapped them.
  var wrapped: [String] { screen.withLock { $0.wrapped } }
  /// How often the first line of a drawing was begun.
  var redraws: Int { screen.withLock { $0.returns } }

  /// Waits until the screen looks so.
  func wait(
    _ sourceLocation: SourceLocation = #_sourceLocation, until isSo: @Sendable ([String]) -> Bool
  ) async throws {
    try await waitFor("another screen than \(lines)", sourceLocation: sourceLocation) { isSo(lines) }
  }

  /// Nothing more comes: the command has ended. Returns when all that it wrote is on the screen.
  func finish() async throws {
    close(descriptor)
    try await waitFor("the end of the terminal's output") { screen.withLock { $0.isClosed } }
  }

  private func readAll() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(master, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return screen.withLock { $0.isClosed = true } }
      let text = String(decoding: buffer[..<count], as: UTF8.self)
      screen.withLock { $0.write(text) }
    }
  }
}

/// As much of a terminal as the command uses: CR, LF, cursor up, erase below; everything else would be shown.
private struct Screen {
  var columns: Int
  var lines = [""]
  var wrapped: [String] = []
  var returns = 0
  var isClosed = false
  private var row = 0
  private var column = 0
  private var escape = ""

  init(columns: Int) { self.columns = columns }

  mutating func write(_ text: String) {
    for scalar in text.unicodeScalars { write(scalar) }
  }

  private mutating func write(_ scalar: Unicode.Scalar) {
    if !escape.isEmpty || scalar == "\u{1B}" {
      escape.unicodeScalars.append(scalar)
      if escape.unicodeScalars.count > 2, ("A"..."z").contains(Character(scalar)) { obey() }
      return
    }
    switch scalar {
    case "\r":
      column = 0
      returns += 1
    case "\n":
      row += 1
      if row == lines.count { lines.append("") }
    default: put(Character(scalar))
    }
  }

  private mutating func put(_ character: Character) {
    if column >= columns {
      wrapped.append(lines[row])
      row += 1
      column = 0
      if row == lines.count { lines.append("") }
    }
    var line = Array(lines[row])
    while line.count < column { line.append(" ") }
    if column < line.count { line[column] = character } else { line.append(character) }
    lines[row] = String(line)
    column += 1
  }

  private mutating func obey() {
    let command = escape.dropFirst(2)
    escape = ""
    if command.last == "A" {
      row = max(0, row - (Int(command.dropLast()) ?? 1))
    } else if command == "J" {
      lines[row] = String(lines[row].prefix(column))
      lines.removeSubrange((row + 1)...)
    } else {
      lines[row] += "?\(command)"
    }
  }
}
