/// Reads lengths and values of COPY's binary format, in network byte order.
///
/// - SeeAlso: PostgreSQL, COPY, "Binary Format", and the `…send` functions of the types.
struct BinaryReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  @inline(__always)
  mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
    guard bytes.count - position >= MemoryLayout<T>.size else { throw CopyTextError.truncated }
    defer { position += MemoryLayout<T>.size }
    return T(bigEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: position, as: T.self))
  }

  @inline(__always)
  mutating func field(_ length: Int) throws -> UnsafeBufferPointer<UInt8> {
    guard bytes.count - position >= length else { throw CopyTextError.truncated }
    defer { position += length }
    return UnsafeBufferPointer(rebasing: bytes[position..<position + length])
  }
}
