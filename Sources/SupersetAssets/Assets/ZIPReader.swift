/// Reads the ZIP archives that Superset exports: stored entries, listed in the central directory.
enum ZIPReader {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  static func files(of archive: [UInt8]) throws(Failure) -> [(path: String, bytes: [UInt8])] {
    guard let end = endOfDirectory(archive) else { throw Failure(description: "it is not a ZIP archive") }
    var files: [(path: String, bytes: [UInt8])] = []
    var position = number(archive, end + 16)
    var total = 0
    for _ in 0..<word(archive, end + 10) {
      guard position + 46 <= archive.count, number(archive, position) == 0x0201_4B50 else { throw damaged }
      let (method, size) = (word(archive, position + 10), number(archive, position + 20))
      let (nameLength, offset) = (word(archive, position + 28), number(archive, position + 42))
      guard position + 46 + nameLength <= archive.count, offset + 30 <= archive.count,
        number(archive, offset) == 0x0403_4B50
      else { throw damaged }
      guard method == 0 else { throw Failure(description: "its ZIP archive is compressed") }
      let start = offset + 30 + word(archive, offset + 26) + word(archive, offset + 28)
      // Stored entries that share their bytes would make many files of few.
      total += size
      guard start + size <= archive.count, total <= archive.count else { throw damaged }
      let bytes = Array(archive[start..<start + size])
      guard CRC32.of(bytes) == number(archive, position + 16) else { throw damaged }
      let name = String(decoding: archive[position + 46..<position + 46 + nameLength], as: UTF8.self)
      files.append((name, bytes))
      position += 46 + nameLength + word(archive, position + 30) + word(archive, position + 32)
    }
    return files
  }

  private static let damaged = Failure(description: "its ZIP archive is damaged")

  /// A comment of up to 65,535 bytes can follow the record.
  private static func endOfDirectory(_ archive: [UInt8]) -> Int? {
    guard archive.count >= 22 else { return nil }
    return (max(0, archive.count - 22 - 0xFFFF)...archive.count - 22).last {
      number(archive, $0) == 0x0605_4B50
    }
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> Int {
    Int(bytes[offset]) | Int(bytes[offset + 1]) << 8
  }

  private static func number(_ bytes: [UInt8], _ offset: Int) -> Int {
    word(bytes, offset) | word(bytes, offset + 2) << 16
  }
}
