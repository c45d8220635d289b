import CCrypto

/// What is read from an X.509 certificate: the end of its validity. Trusts nobody and verifies nothing.
package struct Certificate: Hashable, Sendable {
  /// The last second of its validity, in seconds since 1970.
  package var end: Int

  package init(end: Int) { self.end = end }

  /// - Parameter x509: OpenSSL's `X509 *`, which stays the caller's.
  package init?(x509: OpaquePointer) {
    var end: Int64 = 0
    guard rg_certificate_end(x509, &end) == 1 else { return nil }
    self.end = Int(end)
  }

  /// The certificates in a text of PEM blocks, in their order; blocks of other kinds are passed over.
  package static func all(inPEM bytes: [UInt8]) -> [Certificate] {
    bytes.withUnsafeBytes { bytes in
      guard bytes.count > 0, bytes.count < 1 << 30,
        let memory = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
      else { return [] }
      defer { BIO_free(memory) }
      var found: [Certificate] = []
      while let x509 = PEM_read_bio_X509(memory, nil, nil, nil) {
        if let certificate = Certificate(x509: x509) { found.append(certificate) }
        X509_free(x509)
      }
      // The end of the text is an error to OpenSSL, which a later call on this thread would find.
      ERR_clear_error()
      return found
    }
  }
}
