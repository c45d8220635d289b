import CLibPQ

/// Where one server is reached: of a connection string with several hosts, one of them.
package struct ServerPlace: Hashable, Sendable, CustomStringConvertible {
  /// A name or a socket's folder; empty where only an address is given.
  package var host: String
  /// An IP address; empty where the name has to be looked up.
  package var address: String
  /// Empty for libpq's own choice.
  package var port: String

  package init(host: String, address: String = "", port: String = "") {
    self.host = host
    self.address = address
    self.port = port
  }

  /// `pg0:5432`, or the socket's folder.
  package var description: String {
    let name = host.isEmpty ? address : host
    return port.isEmpty || name.hasPrefix("/") ? name : "\(name):\(port)"
  }
}

extension ConnectionString {
  private static let defaultPort = "5432"

  /// Every host of the string in its order; one without a name where the string has none.
  var places: [ServerPlace] {
    let (hosts, addresses, ports) = (list("host"), list("hostaddr"), list("port"))
    return (0..<max(hosts.count, addresses.count, 1)).map { index in
      func value(_ values: [String]) -> String { values.indices.contains(index) ? values[index] : "" }
      let port = ports.count > 1 ? value(ports) : ports.first ?? ""
      return ServerPlace(
        host: value(hosts), address: value(addresses),
        port: port.isEmpty && !ports.isEmpty ? Self.defaultPort : port)
    }
  }

  private func list(_ keyword: String) -> [String] {
    userSettings[keyword].map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    } ?? []
  }

  /// The same, leading only to some of its places.
  func leading(to places: [ServerPlace]) -> ConnectionString {
    var string = self
    // libpq skips values that are empty: a keyword that the string does not have stays away.
    for (keyword, values) in [
      ("host", places.map(\.host)), ("hostaddr", places.map(\.address)), ("port", places.map(\.port)),
    ] where values.contains(where: { !$0.isEmpty }) {
      string.keywords.append((keyword, values.joined(separator: ",")))
    }
    return string
  }

  /// The same without one of several hosts; nil when no other is left.
  func without(host: String, port: String) -> ConnectionString? {
    let left = places.filter { place in
      let isHost = place.host == host || place.address == host
      return !(isHost && (place.port.isEmpty || place.port == port))
    }
    guard !left.isEmpty, left.count < places.count else { return nil }
    return leading(to: left)
  }
}

extension Connection {
  /// The hosts that a connection string names, in its order.
  ///
  /// - Throws: `PostgresError` 22023 for a string that cannot be read.
  package static func places(in conninfo: String, _ options: ConnectionOptions) throws -> [ServerPlace] {
    try ConnectionString(conninfo, options).places
  }

  /// Where the session's server is, by its address: another session there reaches the same server.
  package var place: ServerPlace {
    func text(_ value: UnsafeMutablePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
    guard let handle else { return ServerPlace(host: "") }
    return ServerPlace(
      host: text(PQhost(handle)), address: text(PQhostaddr(handle)), port: text(PQport(handle)))
  }
}
