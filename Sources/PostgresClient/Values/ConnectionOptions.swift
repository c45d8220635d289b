/// The settings of one connection besides the user's connection string.
package struct ConnectionOptions: Sendable {
  /// The name of the server in error messages: `primary`.
  package var name: String
  /// Sent as `fallback_application_name`: the connection string, `PGAPPNAME` and the service file win.
  package var applicationName: String
  /// Run-time parameters set in one round trip after connecting, so that they win over those of the user.
  package var settings: [SessionSetting]
  /// The limit for each address, in seconds, unless the string, `PGCONNECT_TIMEOUT` or the service file has a limit.
  package var connectTimeoutSeconds: Int
  /// The limit for the statement that sets `settings`; nil for that of each address.
  package var setUpLimit: Duration?
  /// The limit for each statement without a `timeout` of its own, and for each chunk of a COPY; nil for no limit.
  package var statementDeadline: Duration?
  /// Connects to this host only, of several in the string; nil to try them all.
  package var place: ServerPlace?
  /// Connects with `target_session_attrs=any`, whatever the string says.
  package var acceptsAnyRole = false
  /// Leaves out the run-time parameters that the string, its service file or `PGOPTIONS` sets.
  package var ignoresOptionsOfString = false
  /// The time that the server has to confirm a cancel; after it the connection is lost.
  var cancelLimit = Duration.seconds(5)
  /// What goes to this machine itself is no network; tests have no other.
  var trustsLoopback = true
  /// Called on the connection's thread for each notice; must not block.
  package var onNotice: (@Sendable (Notice) -> Void)?

  package init(
    name: String, applicationName: String = "reportgen", settings: [SessionSetting] = [],
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
