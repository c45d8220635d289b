/// Where an environment's Superset is, and how it reaches the summary tables.
package struct SupersetServer: Hashable, Sendable {
  /// `url`, without a slash at the end; nil: the environment has no Superset.
  package var url: String?
  /// `database_uri`: how Superset connects to the summary tables, a URI of SQLAlchemy without a password.
  package var databaseURI: String?
  /// `database_name`: the name of that connection in Superset; `reportgen` by default.
  package var databaseName: String
  /// `credentials`: a file with `user:password` in its first line, relative to the project unless absolute.
  package var credentialsFile: String?
  /// `warm_up`: the data of charts is requested after each publish, so that Superset's cache has it before the
  /// first reader; false by default.
  package var warmsUp: Bool
  /// `timeout`: how long a run waits for it, for all requests together; 10 s by default.
  package var timeoutSeconds: Int

  package init(
    url: String? = nil, databaseURI: String? = nil, databaseName: String = "reportgen",
    credentialsFile: String? = nil, warmsUp: Bool = false, timeoutSeconds: Int = 10
  ) {
    self.url = url
    self.databaseURI = databaseURI
    self.databaseName = databaseName
    self.credentialsFile = credentialsFile
    self.warmsUp = warmsUp
    self.timeoutSeconds = timeoutSeconds
  }
}
