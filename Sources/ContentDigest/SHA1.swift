import CCrypto

/// SHA-1, which UUIDs of version 5 are made of; no protection of anything.
public func sha1(_ bytes: [UInt8]) -> [UInt8] {
  var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
  _ = SHA1(bytes, bytes.count, &digest)
  return digest
}
