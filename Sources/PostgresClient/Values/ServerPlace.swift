/// The host, address and port of one server; one of the hosts of a connection string.
package struct ServerPlace: Hashable, Sendable, CustomStringConvertible {
  /// A name, or the folder of a Unix socket; empty when only an address is given.
  package var host: String
  /// An IP address; empty when the name has to be looked up.
  package var address: String
  /// Empty for libpq's default.
  package var port: String

  package init(host: String, address: String = "", port: String = "") {
    self.host = host
    self.address = address
    self.port = port
  }

  /// `pg0:5432`, or the folder of the socket.
  package var description: String {
    let name = host.isEmpty ? address : host
    return port.isEmpty || name.hasPrefix("/") ? name : "\(name):\(port)"
  }
}
