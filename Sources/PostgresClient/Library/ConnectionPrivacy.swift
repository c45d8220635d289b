import CLibPQ

/// Who can read what a connection sends.
enum ConnectionPrivacy {
  /// Whether the connection leaves this machine without encryption.
  static func isOpen(_ connection: OpaquePointer, trustsLoopback: Bool) -> Bool {
    guard PQsslInUse(connection) == 0, PQgssEncInUse(connection) == 0 else { return false }
    let address = PQhostaddr(connection).map { String(cString: $0) } ?? ""
    return !address.isEmpty && !(trustsLoopback && isLoopback(address))
  }

  static func isLoopback(_ address: String) -> Bool {
    let address = address.lowercased()
    return address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
  }
}
