import CLibPQ

extension Connection {
  /// A password opened the session over a network connection that is not encrypted.
  package var exposesPassword: Bool {
    handle.map {
      PQconnectionUsedPassword($0) == 1 && ConnectionPrivacy.isOpen($0, trustsLoopback: trustsLoopback)
    } ?? false
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
