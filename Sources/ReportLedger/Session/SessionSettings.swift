import PostgresClient

/// What every session fixes, whatever server, database, role and connection string say: the tables of docs/configuration.md,
/// "Sessions".
///
/// Left out on purpose: settings that change only the speed; those of the locale (`SessionLocale`); those by which a
/// database's administrator decides (`default_transaction_read_only` of writers, `default_tablespace`,
/// `default_table_access_method`); and those that only a superuser may set.
struct SessionSettings: Sendable {
  var searchPath: SearchPath
  /// Name of the project's time zone.
  var timezone: String
  var statementTimeoutSeconds: Int

  /// For sessions that only read, on either server.
  var reading: [SessionSetting] {
    everywhere + [
      SessionSetting("default_transaction_read_only", "on"),
      SessionSetting("statement_timeout", "\(statementTimeoutSeconds)s"),
    ]
  }

  /// For sessions that write. COPY FROM STDIN takes as long as the read that feeds it, so the client alone limits it.
  var writing: [SessionSetting] {
    everywhere + [
      SessionSetting("statement_timeout", "0"),
      // A crash would lose what the ledger calls confirmed where `confirm: primary`.
      SessionSetting("synchronous_commit", "on", replaces: "off"),
    ]
  }

  private var everywhere: [SessionSetting] {
    meaning + Self.text + Self.fate + Self.lossDetection
  }

  /// What the same SQL means: which rows it returns.
  private var meaning: [SessionSetting] {
    [
      SessionSetting("search_path", searchPath.value),
      SessionSetting("TimeZone", timezone),
      SessionSetting("timezone_abbreviations", "Default"),
      // An error instead of fewer rows.
      SessionSetting("row_security", "off"),
      SessionSetting("transform_null_equals", "off"),
      SessionSetting("gin_fuzzy_search_limit", "0"),
      SessionSetting("array_nulls", "on"),
      SessionSetting("standard_conforming_strings", "on"),
      SessionSetting("backslash_quote", "safe_encoding"),
      SessionSetting("xmloption", "content"),
    ]
  }

  /// How values are written as text.
  private static let text = [
    SessionSetting("client_encoding", "UTF8"),
    SessionSetting("DateStyle", "ISO, YMD"),
    SessionSetting("IntervalStyle", "postgres"),
    SessionSetting("extra_float_digits", "1"),
    SessionSetting("bytea_output", "hex"),
    SessionSetting("xmlbinary", "base64"),
    SessionSetting("quote_all_identifiers", "off"),
  ]

  /// What would end a session, or refuse its statements.
  private static let fate = [
    SessionSetting("default_transaction_isolation", "read committed"),
    SessionSetting("default_transaction_deferrable", "off"),
    SessionSetting("lock_timeout", "0"),
    SessionSetting("idle_session_timeout", "0"),
    SessionSetting("idle_in_transaction_session_timeout", "0"),
    SessionSetting("transaction_timeout", "0", since: [170_000]),
    SessionSetting("restrict_nonsystem_relation_kind", "", since: [150_008, 160_004, 170_000]),
    SessionSetting("exit_on_error", "off"),
    SessionSetting("client_min_messages", "notice"),
  ]

  /// Lets the server detect a lost client within seconds: until then it keeps the locks and continues the statement.
  private static let lossDetection = [
    SessionSetting("client_connection_check_interval", "2s"),
    SessionSetting("tcp_keepalives_idle", "5"),
    SessionSetting("tcp_keepalives_interval", "2"),
    SessionSetting("tcp_keepalives_count", "3"),
    SessionSetting("tcp_user_timeout", "10s"),
  ]
}
