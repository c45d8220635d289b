import CCrypto

/// The SHA-1 of some bytes, 20 bytes long, for UUIDs of version 5. Not for security.
///
/// Does not call OpenSSL's `SHA1()`, which loads a provider: it crashed when several threads of a new process did that at
/// once.
package func sha1(_ bytes: [UInt8]) -> [UInt8] {
  var context = SHA_CTX()
  var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
  SHA1_Init(&context)
  bytes.withUnsafeBytes { if $0.count > 0 { SHA1_Update(&context, $0.baseAddress, $0.count) } }
  SHA1_Final(&digest, &context)
  return digest
}
