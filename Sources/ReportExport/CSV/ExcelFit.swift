import Glibc

/// Counts what Excel would leave out of a CSV file: rows beyond a sheet's last one, and the rest of long texts.
package struct ExcelFit: Sendable {
  /// Values that have more letters than a cell holds.
  private(set) var longValues = 0
  private let limits: SheetLimits
  private var reader: CopyRowReader
  private let source: CSVSource
  private let columns: Int

  init(source: CSVSource, columns: Int, limits: SheetLimits = .excel) {
    self.limits = limits
    self.source = source
    self.columns = columns
    reader = CopyRowReader(source: source, columns: columns)
  }

  /// Looks at values one by one only in chunks with a row that is long enough.
  mutating func read(_ chunk: [UInt8]) throws {
    guard chunk.count > limits.letters, hasLongRow(chunk) else { return }
    var counter = LongValueCounter(letters: limits.letters)
    try reader.visit(chunk, &counter)
    longValues += counter.count
  }

  private func hasLongRow(_ chunk: [UInt8]) -> Bool {
    // The rows of the binary format have no ends to look for.
    guard source == .text else { return true }
    return chunk.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count > limits.letters {
        guard let end = memchr(base, 10, rest.count) else { return true }
        let length = base.distance(to: end)
        if length > limits.letters { return true }
        rest = rest.dropFirst(length + 1)
      }
      return false
    }
  }

  /// - Parameter rows: of the file, the header not counted.
  /// - Returns: what Excel leaves out, in sentences.
  func notes(rows: Int) -> [String] {
    var notes: [String] = []
    if rows >= limits.rows {
      notes.append(
        "Excel shows \(limits.rows - 1) of its \(rows) rows: a sheet ends there.")
    }
    if longValues > 0 {
      notes.append(
        "Excel splits \(longValues) of its values, which have more than \(limits.letters) letters.")
    }
    return notes
  }
}

private struct LongValueCounter: RowVisitor {
  let letters: Int
  var count = 0

  init(letters: Int) { self.letters = letters }

  mutating func beginRow() {}

  mutating func value(_ value: RowValue?, _ column: Int) {
    guard let value, value.maxLetters > letters, value.letters > letters else { return }
    count += 1
  }

  mutating func endRow() -> Bool { true }
}

/// The length of texts as spreadsheets count it.
enum TextLength {
  /// In UTF-16.
  static func letters(_ bytes: some Sequence<UInt8>) -> Int {
    var count = 0
    for byte in bytes { count &+= byte & 0xC0 == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1 }
    return count
  }
}
