/// What stands around the rows of COPY's binary format.
///
/// `CopyOut` takes it away and a writer of `CopyIn` puts it there, so that chunks of several COPYs can be joined and cut.
/// - SeeAlso: PostgreSQL, COPY, "Binary Format".
package enum CopyBinary {
  private static let signature = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00]
  /// Signature, no flags, no extension.
  package static let header = signature + [UInt8](repeating: 0, count: 8)
  package static let trailer: [UInt8] = [0xFF, 0xFF]

  /// - Parameters:
  ///   - message: one message of the server, which holds one row at most.
  ///   - isFirst: the header comes in front of the first row.
  /// - Returns: the row; nothing of it where there is none; nil for a stream that does not begin as the format says.
  static func row(in message: UnsafeRawBufferPointer, isFirst: Bool) -> UnsafeRawBufferPointer.SubSequence? {
    var row = message[...]
    if isFirst {
      // A longer header would have said so in its last four bytes.
      guard row.starts(with: header) else { return nil }
      row = row.dropFirst(header.count)
    }
    let isTrailer = row.count == trailer.count && row.elementsEqual(trailer)
    return isTrailer ? row.dropFirst(trailer.count) : row
  }
}
