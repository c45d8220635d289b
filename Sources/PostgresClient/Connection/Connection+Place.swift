import CCrypto
import CLibPQ
import Certificates

extension Connection {
  /// A password opened the session over a network connection that is not encrypted.
  package var exposesPassword: Bool {
    handle.map {
      PQconnectionUsedPassword($0) == 1 && ConnectionPrivacy.isOpen($0, trustsLoopback: trustsLoopback)
    } ?? false
  }

  /// What the server has shown of itself; nil without TLS.
  package var serverCertificate: Certificate? {
    guard let handle, let x509 = rg_server_certificate(handle).map(OpaquePointer.init) else { return nil }
    defer { X509_free(x509) }
    return Certificate(x509: x509)
  }

  /// Host, address and port of the session's server: another session opened with this place reaches the same server.
  ///
  /// - Returns: an empty host when the connection is lost.
  package var place: ServerPlace { handle.map(ServerPlace.init(of:)) ?? ServerPlace(host: "") }
}

extension ServerPlace {
  fileprivate init(of handle: OpaquePointer) {
    func text(_ value: UnsafeMutablePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
    self.init(host: text(PQhost(handle)), address: text(PQhostaddr(handle)), port: text(PQport(handle)))
  }
}
