extension ConnectionString {
  private static let defaultPort = "5432"

  /// Every host of the string, in its order; one with an empty name where the string has none.
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

  /// The same string with only these of its hosts.
  func leading(to places: [ServerPlace]) -> ConnectionString {
    var string = self
    // libpq ignores empty values, so a keyword without values is not added.
    for (keyword, values) in [
      ("host", places.map(\.host)), ("hostaddr", places.map(\.address)), ("port", places.map(\.port)),
    ] where values.contains(where: { !$0.isEmpty }) {
      string.keywords.append((keyword, values.joined(separator: ",")))
    }
    return string
  }

  /// The same string without one of its hosts; nil when no other host is left.
  func without(host: String, port: String) -> ConnectionString? {
    let left = places.filter { place in
      let isHost = place.host == host || place.address == host
      return !(isHost && (place.port.isEmpty || place.port == port))
    }
    guard !left.isEmpty, left.count < places.count else { return nil }
    return leading(to: left)
  }
}
