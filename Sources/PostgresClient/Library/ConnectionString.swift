import CLibPQ

/// A user's connection string together with our defaults. A default is used only where the string, its service file and
/// the environment have no value.
struct ConnectionString {
  /// In the order in which libpq reads them: when a keyword occurs twice, the later value is used.
  var keywords: [(keyword: String, value: String)]
  /// The settings that libpq would use without our defaults.
  let userSettings: [String: String]

  /// They detect a host that no longer answers: keepalives while we wait for it, `tcp_user_timeout` while we send to it.
  static let defaults = [
    "keepalives": "1", "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3",
    "tcp_user_timeout": "10000",
  ]

  /// - Parameter text: `key=value` pairs, a URI or the name of a database; it may name a service.
  /// - Throws: `PostgresError` 22023 for a string that libpq refuses.
  init(_ text: String, _ options: ConnectionOptions) throws {
    guard !text.utf8.contains(0) else { throw Self.refused("it contains a NUL byte", options.name) }
    // libpq would wait for somebody who writes to it, and reads it again for each connection.
    if let pipe = Self.pipeOfService(text) { throw Self.refused(pipe, options.name) }
    let passwordFile = Self.ignoredPasswordFile(of: text) == nil ? [] : [Self.noPasswordFile]
    userSettings = try Self.settings(of: text, passwordFile, server: options.name)
    if let mistake = Self.mistake(in: text, userSettings) ?? Self.pipe(in: userSettings) {
      throw Self.refused(mistake, options.name)
    }
    var ours = Self.defaults
    ours["connect_timeout"] = String(options.connectTimeoutSeconds)
    ours["fallback_application_name"] = options.applicationName
    keywords = ours.filter { [userSettings] in userSettings[$0.key] == nil }.map { ($0.key, $0.value) }
    keywords.append(("dbname", text))
    keywords += passwordFile.map { ($0.0, $0.1) }
    // Swift's strings and our quoting are UTF-8, whatever PGCLIENTENCODING is.
    keywords.append(("client_encoding", "UTF8"))
    // libpq ignores an empty value, and would take the string's.
    if options.ignoresOptionsOfString { keywords.append(("options", " ")) }
  }

  /// The limit for each address, in seconds; nil for no limit.
  var connectTimeoutSeconds: Int? {
    let text = keywords.first { $0.keyword == "connect_timeout" }?.value ?? userSettings["connect_timeout"]
    guard let seconds = text.flatMap({ Int($0.filter { !$0.isWhitespace }) }), seconds > 0 else { return nil }
    return seconds
  }

  /// Starts connecting; nil when libpq is out of memory.
  func start() -> OpaquePointer? { Self.start(keywords.map { ($0.keyword, $0.value) }) }

  static func start(_ keywords: [(String, String)]) -> OpaquePointer? {
    let names = CStrings(keywords.map(\.0))
    let values = CStrings(keywords.map(\.1))
    return withExtendedLifetime((names, values)) { PQconnectStartParams(names.pointers, values.pointers, 1) }
  }

  /// Every setting that libpq reads from the string, the service file or the environment.
  ///
  /// libpq has no function that expands a service without connecting. An invalid `target_session_attrs` stops the attempt
  /// after libpq has read all settings and before it opens a socket.
  ///
  /// - Parameter overriding: keywords that count in place of the text's.
  private static func settings(of text: String, _ overriding: [(String, String)], server: String) throws
    -> [String: String]
  {
    let stop = "target_session_attrs"
    guard let connection = start([("dbname", text), (stop, "none")] + overriding) else {
      throw refused("out of memory", server)
    }
    defer { PQfinish(connection) }
    let reason = ErrorText(String(cString: PQerrorMessage(connection))).firstLine
    guard reason.contains(stop) else { throw refused(withheld(reason, text), server) }
    guard var settings = settings(of: connection) else { throw refused("out of memory", server) }
    settings[stop] = nil
    return settings
  }

  static func finish(_ connection: OpaquePointer) { PQfinish(connection) }

  /// The settings that a connection uses; nil when libpq is out of memory.
  static func settings(of connection: OpaquePointer) -> [String: String]? {
    guard let options = PQconninfo(connection) else { return nil }
    defer { PQconninfoFree(options) }
    var settings: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val, value.pointee != 0 {
        settings[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
    return settings
  }

  /// The keywords that the text itself gives a value; service files and environment variables are not read.
  ///
  /// - Returns: nil for a text that libpq cannot read.
  static func keywords(writtenIn text: String) -> Set<String>? {
    // As libpq decides: everything else is a database's name.
    guard text.contains("=") || text.contains("://") else { return ["dbname"] }
    guard let options = PQconninfoParse(text, nil) else { return nil }
    defer { PQconninfoFree(options) }
    var keywords = Set<String>()
    var option = options
    while let keyword = option.pointee.keyword {
      if option.pointee.val != nil { keywords.insert(String(cString: keyword)) }
      option += 1
    }
    return keywords
  }

  /// libpq quotes what it cannot read, which can be a piece of a password.
  private static func withheld(_ reason: String, _ text: String) -> String {
    let plain = percentDecoded(text).lowercased()
    return reason.contains("\"") && (plain.contains("pass") || plain.contains("@"))
      ? "libpq's message is not shown because the string may contain a password" : reason
  }

  private static func refused(_ reason: String, _ server: String) -> PostgresError {
    PostgresError(
      sqlState: .invalidParameterValue,
      message: "could not read the connection string of \"\(server)\": \(reason)",
      server: server, isConnectFailure: true)
  }
}
