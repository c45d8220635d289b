/// What one connection is for, beside the user's connection string.
package struct ConnectionOptions: Sendable {
  /// Stands in error messages: `primary`.
  package var name: String
  /// What `pg_stat_activity` shows unless the user's string or environment says otherwise.
  package var applicationName: String
  /// Run-time parameters set while connecting, without a round trip; they win over those of the user's `options`.
  package var settings: [(String, String)]
  /// How long one host may take, unless the user's string or environment has a `connect_timeout`.
  package var connectTimeoutSeconds: Int
  /// Bounds each query without a `timeout` of its own, and each wait for or with a chunk of a COPY; nil: no bound.
  package var statementDeadline: Duration?
  /// Of several hosts in the string, the only one that may be reached; nil for all of them.
  package var place: ServerPlace?
  /// Overrules `target_session_attrs` of the string.
  package var acceptsAnyRole = false
  /// What a server may take to confirm a cancel before its connection is given up.
  var cancelLimit = Duration.seconds(5)
  /// Called on the connection's own thread: it must not block.
  package var onNotice: (@Sendable (Notice) -> Void)?

  package init(
    name: String, applicationName: String = "reportgen", settings: [(String, String)] = [],
    connectTimeoutSeconds: Int = 5, statementDeadline: Duration? = nil,
    onNotice: (@Sendable (Notice) -> Void)? = nil
  ) {
    self.name = name
    self.applicationName = applicationName
    self.settings = settings
    self.connectTimeoutSeconds = connectTimeoutSeconds
    self.statementDeadline = statementDeadline
    self.onNotice = onNotice
  }
}
