/// A receiver of bytes in order; a file for one.
package protocol ByteSink: AnyObject {
  /// - Throws: once the bytes cannot be kept; everything written before is then lost too.
  func write(_ bytes: UnsafeRawBufferPointer) throws
}

extension ByteSink {
  package func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  package func write(_ text: String) throws { try write(Array(text.utf8)) }
}

/// Keeps the bytes in memory, for pages that are small by nature and for tests.
package final class ByteCollector: ByteSink {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }
}
