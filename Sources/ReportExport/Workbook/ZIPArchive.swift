import ReportModel

/// Writes a ZIP archive in one pass, one compressed entry after the other. Equal contents give equal bytes.
///
/// Sizes and checksum of an entry follow its data, so nothing is written twice and nothing is kept aside. Every time is
/// 1980-01-01 00:00, the first of the format. Without ZIP64, which Excel complains about: entries and archive are smaller
/// than 4 GiB.
final class ZIPArchive {
  static let maxBytes = Int(UInt32.max)

  private struct Entry {
    var name: [UInt8]
    var offset: Int
    var checksum: UInt32 = 0
    var compressed = 0
    var size = 0
  }

  private let sink: any ByteSink
  private let deflater: Deflater
  private var entries: [Entry] = []
  private var position = 0

  /// - Parameter level: zlib's, from 1 to 9.
  init(into sink: any ByteSink, level: Int32) {
    self.sink = sink
    deflater = Deflater(level: level)
  }

  /// Bytes of the open entry, before compression.
  var entryBytes: Int { deflater.bytesIn }

  /// Begins an entry; the one before it must be ended.
  func begin(_ name: String) throws {
    entries.append(Entry(name: Array(name.utf8), offset: position))
    deflater.reset()
    try put(number(0x0403_4B50) + header(entries[entries.count - 1], sizesFollow: true))
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws { try deflater.write(bytes, into: sink) }

  func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  func end() throws {
    try deflater.finish(into: sink)
    position += deflater.bytesOut
    let last = entries.count - 1
    entries[last].checksum = deflater.checksum
    entries[last].compressed = deflater.bytesOut
    entries[last].size = deflater.bytesIn
    guard deflater.bytesIn <= Self.maxBytes, position <= Self.maxBytes else {
      throw Diagnostic(
        "the workbook would have more than 4 GiB, which Excel does not open",
        hint: "Choose fewer rows or columns, or write a CSV file.")
    }
    try put(number(0x0807_4B50) + sizes(entries[last]))
  }

  /// Writes one entry whole.
  func add(_ name: String, _ text: String) throws {
    try begin(name)
    try write(text)
    try end()
  }

  /// Writes the directory of entries, which ends the archive.
  func finish() throws {
    let start = position
    for entry in entries {
      let name = header(entry, sizesFollow: false)
      // Attributes, comment and disk are those of a plain file; then where the entry begins.
      try put(
        number(0x0201_4B50) + words([20]) + name.prefix(26) + words([0, 0, 0]) + number(0)
          + number(UInt32(truncatingIfNeeded: entry.offset)) + entry.name)
    }
    let length = position - start
    try put(
      number(0x0605_4B50) + words([0, 0, entries.count, entries.count])
        + number(UInt32(truncatingIfNeeded: length)) + number(UInt32(truncatingIfNeeded: start)) + words([0]))
  }

  /// Version 2.0; bit 3: sizes follow the data; bit 11: the name is UTF-8; deflate; 1980-01-01 00:00. The name comes last.
  private func header(_ entry: Entry, sizesFollow: Bool) -> [UInt8] {
    words([20, 1 << 3 | 1 << 11, 8, 0, 1 << 5 | 1])
      + (sizesFollow ? [UInt8](repeating: 0, count: 12) : sizes(entry))
      + words([entry.name.count, 0]) + entry.name
  }

  private func sizes(_ entry: Entry) -> [UInt8] {
    number(entry.checksum) + number(UInt32(truncatingIfNeeded: entry.compressed))
      + number(UInt32(truncatingIfNeeded: entry.size))
  }

  private func put(_ bytes: [UInt8]) throws {
    try sink.write(bytes)
    position += bytes.count
  }

  private func words(_ values: [Int]) -> [UInt8] {
    values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }

  private func number(_ value: UInt32) -> [UInt8] { words([Int(value & 0xFFFF), Int(value >> 16)]) }
}
