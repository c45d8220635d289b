import CCrypto

/// Computes the SHA-256 of a stream of bytes with OpenSSL.
///
/// Must not be used by two threads at once.
package final class SHA256Digest {
  private var context = SHA256_CTX()

  /// The digest of no bytes.
  package init() { SHA256_Init(&context) }

  /// Adds bytes; they are not kept.
  package func update(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    SHA256_Update(&context, bytes.baseAddress, bytes.count)
  }

  /// Adds bytes; they are not kept.
  package func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// The digest as 64 lower-case hexadecimal digits. Must be called only once.
  package func finish() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    SHA256_Final(&digest, &context)
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The digest of a text in UTF-8, as 64 lower-case hexadecimal digits.
  package static func hex(of text: String) -> String {
    let digest = SHA256Digest()
    digest.update(Array(text.utf8))
    return digest.finish()
  }
}
