import PostgresClient
import ReportModel

/// Every setting of the chosen environment for people's eyes, secrets left out.
package struct SettingsList: Sendable {
  /// A setting by the name of its key in reportgen.yaml.
  package struct Entry: Hashable, Sendable {
    /// The key in reportgen.yaml below the environment's name, such as `on_lag.wait`; `project` and `environment`.
    package var name: String
    /// With its unit, such as `60s`; passwords as `<redacted>`.
    package var value: String
    package var source: SettingSource
  }

  /// The project first, then the environment's keys; keys without a value and a default are left out.
  package private(set) var entries: [Entry] = []

  /// - Throws: As `ProjectSettings.environment()`.
  package init(_ settings: ProjectSettings) throws(RunError) {
    let chosen = try settings.environment()
    add("project", settings.directory)
    add("environment", settings.environmentName)
    add("timezone", settings.setting("timezone", settings.project.timezone))
    add("output", settings.outputFolder)
    if let file = settings.metricsFile() { add("metrics_file", file) }
    if let locale = settings.locale {
      let isOwn = chosen.environment.locale != nil
      add("locale", isOwn ? chosen.setting("locale") { _ in locale } : settings.setting("locale", locale))
    }
    if !settings.project.searchPath.isEmpty, chosen.environment.searchPath == nil {
      add("search_path", settings.setting("search_path", settings.project.searchPath.joined(separator: ", ")))
    }
    add(chosen)
    if chosen.environment.name == Project.sandboxName, let postgres = settings.sandboxPostgres {
      add("sandbox.postgres", postgres)
    }
    let superset = try SupersetAccess(settings)
    if let url = superset.url {
      add("superset.url", url)
      let timeout = superset.timeoutSeconds
      add("superset.timeout", Setting("\(timeout.value)s", from: timeout.source))
    }
    if let file = superset.credentialsFile { add("superset.credentials", file) }
  }

  private mutating func add(_ chosen: EnvironmentSettings) {
    func seconds(_ key: String, _ value: (Project.Environment) -> Int) -> Setting<String> {
      chosen.setting(key) { "\(value($0))s" }
    }
    add("primary", chosen.setting("primary") { Self.described($0.primary) })
    add("replica", chosen.setting("replica") { $0.hasReplica ? Self.described($0.replica) : "none" })
    add("owner", chosen.setting("owner") { $0.owner ?? "the role that connects" })
    add("on_lag.wait", seconds("on_lag.wait") { $0.lagWaitSeconds })
    add("on_lag.then", chosen.setting("on_lag.then") { $0.lagging.rawValue })
    add("confirm", chosen.setting("confirm") { $0.confirm.rawValue })
    add("confirm_wait", seconds("confirm_wait") { $0.confirmWaitSeconds })
    add("reconnect_wait", seconds("reconnect_wait") { $0.reconnectWaitSeconds })
    add("statement_timeout", seconds("statement_timeout") { $0.statementTimeoutSeconds })
    if let own = chosen.environment.searchPath {
      add("search_path", chosen.setting("search_path") { _ in own.joined(separator: ", ") })
    }
    if let backup = chosen.environment.backup {
      let words =
        if case .program(let words) = backup.info { words.joined(separator: " ") } else {
          "a shell line"
        }
      add("backup.info", chosen.setting("backup.info") { _ in words })
      add(
        "backup.max_age",
        chosen.setting("backup.max_age") { _ in "\(backup.maxAgeSeconds / 3600)h" })
    }
    let tls = chosen.environment.clusterTLS
    for (key, path) in [("ca", tls.ca), ("certificate", tls.certificate), ("key", tls.key)] {
      if let path { add("cluster_tls." + key, chosen.setting("cluster_tls." + key) { _ in path }) }
    }
    let cluster = chosen.environment
    for (key, urls) in [
      ("patroni", cluster.patroni), ("etcd", cluster.etcd), ("certificates", cluster.certificates),
    ]
    where !urls.isEmpty {
      add(key, chosen.setting(key) { _ in urls.joined(separator: " ") })
    }
  }

  private mutating func add(_ name: String, _ setting: Setting<String>) {
    entries.append(Entry(name: name, value: setting.value, source: setting.source))
  }

  private static func described(_ conninfo: String?) -> String {
    (try? Conninfo.describe(conninfo ?? "", ConnectionOptions(name: "server"))) ?? "not readable"
  }
}
