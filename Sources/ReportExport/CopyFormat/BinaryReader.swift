/// Reads lengths and values of COPY's binary format, most significant byte first.
///
/// - SeeAlso: PostgreSQL, COPY, "Binary Format", and the types' `…send` functions.
struct BinaryReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  @inline(__always)
  mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
    guard bytes.count - position >= MemoryLayout<T>.size else { throw CopyTextError.cutOff }
    defer { position += MemoryLayout<T>.size }
    return T(bigEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: position, as: T.self))
  }

  @inline(__always)
  mutating func field(_ length: Int) throws -> UnsafeBufferPointer<UInt8> {
    guard bytes.count - position >= length else { throw CopyTextError.cutOff }
    defer { position += length }
    return UnsafeBufferPointer(rebasing: bytes[position..<position + length])
  }
}
