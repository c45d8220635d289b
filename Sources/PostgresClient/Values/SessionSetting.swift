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
