import ReportModel

/// One run-time parameter that a session sets for itself, whatever server, database, role and connection string say.
package struct SessionSetting: Hashable, Sendable {
  package var name: String
  package var value: String
  /// The first version of each release that has the parameter, as `server_version_num` counts: a parameter that came with
  /// minor releases has one for each. Empty for one that every version has.
  package var since: [Int]
  /// The only value that is replaced; nil for every value.
  package var replaces: String?

  package init(_ name: String, _ value: String, since: [Int] = [], replaces: String? = nil) {
    self.name = name
    self.value = value
    self.since = since
    self.replaces = replaces
  }

  /// - Parameter version: 150015 for 15.15.
  package func isKnown(to version: Int) -> Bool {
    guard let newest = since.max() else { return true }
    return version >= newest || since.contains { $0 / 10_000 == version / 10_000 && version >= $0 }
  }
}

extension SessionSetting {
  /// Statements that set the parameters that the server knows and return the process id of the session as `pid`.
  ///
  /// - Parameter version: as of `PQserverVersion`, 150015 for 15.15.
  static func sql(_ settings: [SessionSetting], version: Int) -> String {
    let values = settings.filter { $0.isKnown(to: version) }.map { setting in
      let (name, value) = (SQLQuote.literal(setting.name), SQLQuote.literal(setting.value))
      let call = "pg_catalog.set_config(\(name), \(value), false)"
      guard let replaced = setting.replaces.map(SQLQuote.literal) else { return call }
      let current = "pg_catalog.current_setting(\(name))"
      return "CASE WHEN \(current) OPERATOR(pg_catalog.=) \(replaced) THEN \(call) END"
    }
    // A replica takes no snapshot where the default isolation level is serializable, and SELECT needs one.
    return "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;"
      + " SELECT \((["pg_catalog.pg_backend_pid() AS pid"] + values).joined(separator: ", "))"
  }
}
