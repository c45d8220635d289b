/// Writes small text files into a ZIP archive without compression. Equal files give equal bytes.
enum ZIPWriter {
  static func archive(_ files: [(path: String, bytes: [UInt8])]) -> [UInt8] {
    var archive: [UInt8] = []
    var directory: [UInt8] = []
    for file in files {
      let name = Array(file.path.utf8)
      let offset = archive.count
      // Version 2.0; bit 11: the name is UTF-8; stored; 1980-01-01 00:00, the earliest time of the format.
      let header =
        words([20, 1 << 11, 0, 0, 1 << 5 | 1]) + number(CRC32.of(file.bytes)) + number(file.bytes.count)
        + number(file.bytes.count) + words([name.count, 0])
      archive += number(0x0403_4B50) + header + name + file.bytes
      directory +=
        number(0x0201_4B50) + words([20]) + header + words([0, 0, 0]) + number(0) + number(offset) + name
    }
    let start = archive.count
    archive += directory
    archive +=
      number(0x0605_4B50) + words([0, 0, files.count, files.count]) + number(directory.count) + number(start)
    return archive + words([0])
  }

  private static func words(_ values: [Int]) -> [UInt8] {
    values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }

  private static func number(_ value: Int) -> [UInt8] { words([value, value >> 16]) }
}

enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    var value = UInt32(index)
    for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    return value
  }

  static func of(_ bytes: [UInt8]) -> Int {
    var value = UInt32.max
    for byte in bytes { value = value >> 8 ^ table[Int((value ^ UInt32(byte)) & 0xFF)] }
    return Int(value ^ .max)
  }
}
