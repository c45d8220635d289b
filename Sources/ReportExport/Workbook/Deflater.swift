import CZlib

/// Compresses a stream of bytes by zlib's deflate, without a header. Owns zlib's state and a buffer of 64 KiB.
final class Deflater {
  private static let bufferBytes = 64 * 1024

  private let stream: UnsafeMutablePointer<z_stream>
  private let buffer: UnsafeMutableRawBufferPointer
  /// CRC-32 of what was written.
  private(set) var checksum: UInt32 = 0
  /// Bytes written so far.
  private(set) var bytesIn = 0
  /// Bytes given to the sink so far.
  private(set) var bytesOut = 0

  /// - Parameter level: from 1, the fastest, to 9.
  init(level: Int32) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    buffer = .allocate(byteCount: Self.bufferBytes, alignment: 64)
    let result = rg_deflate_begin(stream, level)
    precondition(result == Z_OK, "zlib refuses constant settings only when it has no memory")
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
    buffer.deallocate()
  }

  /// Begins a new stream.
  func reset() {
    deflateReset(stream)
    (checksum, bytesIn, bytesOut) = (0, 0, 0)
  }

  func write(_ bytes: UnsafeRawBufferPointer, into sink: any ByteSink) throws {
    // zlib counts in 32 bits.
    var rest = bytes
    while rest.count > 0 {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
      let base = UnsafeMutablePointer(mutating: part.bindMemory(to: UInt8.self).baseAddress)
      checksum = UInt32(truncatingIfNeeded: crc32(uLong(checksum), base, uInt(part.count)))
      bytesIn += part.count
      stream.pointee.next_in = base
      stream.pointee.avail_in = uInt(part.count)
      while stream.pointee.avail_in > 0 { _ = try step(Z_NO_FLUSH, into: sink) }
    }
  }

  /// Ends the stream.
  func finish(into sink: any ByteSink) throws {
    stream.pointee.avail_in = 0
    while try step(Z_FINISH, into: sink) != Z_STREAM_END {}
  }

  private func step(_ flush: Int32, into sink: any ByteSink) throws -> Int32 {
    stream.pointee.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = uInt(buffer.count)
    let result = deflate(stream, flush)
    let count = buffer.count - Int(stream.pointee.avail_out)
    bytesOut += count
    if count > 0 { try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
    return result
  }
}
