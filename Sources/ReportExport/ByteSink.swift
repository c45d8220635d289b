/// A receiver of bytes in order; a file for one.
public protocol ByteSink: AnyObject {
  /// - Throws: once the bytes cannot be kept; everything written before is then lost too.
  func write(_ bytes: UnsafeRawBufferPointer) throws
}

extension ByteSink {
  public func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  public func write(_ text: String) throws { try write(Array(text.utf8)) }
}

/// Keeps the bytes in memory, for pages that are small by nature and for tests.
public final class ByteCollector: ByteSink {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }
}
