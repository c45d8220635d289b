/// Where an environment's Superset is, and how it reaches the summary tables.
package struct SupersetServer: Hashable, Sendable {
  /// Without a slash at the end; nil: there is none.
  package var url: String?
  /// How Superset connects to the summary tables: a URI of SQLAlchemy without a password.
  package var databaseURI: String?
  /// The name of that connection in Superset.
  package var databaseName: String
  /// A file with `user:password` in its first line, relative to the project unless absolute.
  package var credentialsFile: String?
  /// Charts are asked for after each publish, so that the first reader finds them computed.
  package var warmsUp: Bool

  package init(
    url: String? = nil, databaseURI: String? = nil, databaseName: String = "reportgen",
    credentialsFile: String? = nil, warmsUp: Bool = false
  ) {
    self.url = url
    self.databaseURI = databaseURI
    self.databaseName = databaseName
    self.credentialsFile = credentialsFile
    self.warmsUp = warmsUp
  }
}
