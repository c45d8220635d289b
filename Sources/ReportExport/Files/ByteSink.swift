/// A receiver of a stream of bytes, for example a file.
package protocol ByteSink: AnyObject {
  /// Appends bytes; the buffer is not used after the call.
  ///
  /// - Throws: when the bytes cannot be stored. What was written before is lost then, too.
  func write(_ bytes: UnsafeRawBufferPointer) throws
}

extension ByteSink {
  /// Appends bytes.
  package func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// Appends a text in UTF-8.
  package func write(_ text: String) throws { try write(Array(text.utf8)) }
}

/// Collects the bytes in memory, for small pages and for tests.
package final class ByteCollector: ByteSink {
  /// Everything that was written.
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }
}
