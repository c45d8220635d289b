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
  /// `max_rows`: the most rows that Superset gives a chart, its `SQL_MAX_ROW`; 100,000 by default.
  package var maxRows: Int
  /// `roles`: who may see which dashboards; in the order of the file.
  package var roles: [SupersetRole]

  package init(
    url: String? = nil, databaseURI: String? = nil, databaseName: String = "reportgen",
    credentialsFile: String? = nil, warmsUp: Bool = false, timeoutSeconds: Int = 10, maxRows: Int = 100_000,
    roles: [SupersetRole] = []
  ) {
    self.url = url
    self.databaseURI = databaseURI
    self.databaseName = databaseName
    self.credentialsFile = credentialsFile
    self.warmsUp = warmsUp
    self.timeoutSeconds = timeoutSeconds
    self.maxRows = maxRows
    self.roles = roles
  }
}

/// One item of `roles`: a role that sync makes in Superset, beside which its users have Superset's role Gamma.
package struct SupersetRole: Hashable, Sendable {
  /// The key; Superset's name of the role is that of the connection, a blank, and this.
  package var name: String
  /// Names of dashboards whose datasets the role may read.
  package var dashboards: [String]
  /// Names of further datasets.
  package var datasets: [String]

  package init(name: String, dashboards: [String] = [], datasets: [String] = []) {
    self.name = name
    self.dashboards = dashboards
    self.datasets = datasets
  }

  /// The datasets that its dashboards show, and its further ones.
  package func readDatasets(_ all: [Dashboard]) -> Set<String> {
    let shown = all.filter { dashboards.contains($0.name) }.flatMap(\.rows).flatMap(\.places)
    return Set(shown.map(\.chart.dataset) + datasets)
  }
}
