import CCrypto

/// SHA-256 of a stream of bytes, by OpenSSL, in one pass.
///
/// Not safe to share between threads.
package final class SHA256Digest {
  private var context = SHA256_CTX()

  package init() { SHA256_Init(&context) }

  package func update(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    SHA256_Update(&context, bytes.baseAddress, bytes.count)
  }

  package func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// 64 lower-case hexadecimal digits. Ends the digest: call it once.
  package func finish() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    SHA256_Final(&digest, &context)
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  package static func hex(of text: String) -> String {
    let digest = SHA256Digest()
    digest.update(Array(text.utf8))
    return digest.finish()
  }
}
