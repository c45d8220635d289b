import CCrypto

/// SHA-1, which UUIDs of version 5 are made of; no protection of anything.
///
/// Not OpenSSL's one-shot function of this name: it looks up a provider, and crashed where several threads did that as
/// the first thing of a process.
package func sha1(_ bytes: [UInt8]) -> [UInt8] {
  var context = SHA_CTX()
  var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
  SHA1_Init(&context)
  bytes.withUnsafeBytes { if $0.count > 0 { SHA1_Update(&context, $0.baseAddress, $0.count) } }
  SHA1_Final(&digest, &context)
  return digest
}
