/// The header and trailer of COPY's binary format.
///
/// `CopyOut` removes them, and whoever writes to a `CopyIn` adds them, so that chunks of several COPYs can be joined.
/// - SeeAlso: PostgreSQL, COPY, "Binary Format".
package enum CopyBinary {
  private static let signature = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00]
  /// The signature, no flags, and a header extension of length 0: 19 bytes.
  package static let header = signature + [UInt8](repeating: 0, count: 8)
  /// A field count of -1.
  package static let trailer: [UInt8] = [0xFF, 0xFF]

  /// - Parameters:
  ///   - message: one CopyData message, which contains at most one row.
  ///   - isFirst: whether the header precedes the row.
  /// - Returns: the row; empty when the message has none; nil when the header is missing.
  static func row(in message: UnsafeRawBufferPointer, isFirst: Bool) -> UnsafeRawBufferPointer.SubSequence? {
    var row = message[...]
    if isFirst {
      // The last four bytes are the length of the header extension, which is 0 in every version so far.
      guard row.starts(with: header) else { return nil }
      row = row.dropFirst(header.count)
    }
    let isTrailer = row.count == trailer.count && row.elementsEqual(trailer)
    return isTrailer ? row.dropFirst(trailer.count) : row
  }

  /// How long a message is at least, by the part of it that is there.
  ///
  /// - Returns: more than `part` has, unless the message is whole.
  static func bytes(ofRow part: UnsafeRawBufferPointer, isFirst: Bool) -> Int {
    var end = isFirst ? header.count : 0
    guard part.count >= end + 2 else { return end + 2 }
    let fields = Int16(bigEndian: part.loadUnaligned(fromByteOffset: end, as: Int16.self))
    end += 2
    for _ in 0..<max(0, fields) {
      guard part.count >= end + 4 else { return end + 4 }
      end += 4 + max(0, Int(Int32(bigEndian: part.loadUnaligned(fromByteOffset: end, as: Int32.self))))
    }
    return end
  }
}
