/// A project as `reportgen.yaml` describes it; the values of options and `REPORTGEN_*` are not in it yet.
package struct Project: Hashable, Sendable {
  /// A named pair of connections.
  package struct Environment: Hashable, Sendable {
    /// `on_lag.then`: what a run does when the replica is still behind after the wait.
    package enum Lagging: String, Hashable, Sendable, CaseIterable {
      case fail
      case usePrimary = "use_primary"
    }

    /// `confirm`: which server must show the published rows before a run calls them confirmed.
    package enum Confirm: String, Hashable, Sendable, CaseIterable {
      case replica, primary
    }

    /// The key under `environments`; letters, digits, hyphens and underscores.
    package var name: String
    /// libpq connection strings; both nil for `sandbox`, whose connections reportgen makes itself. `noReplica` in the place
    /// of the replica's: there is one server, which reports are read from, too.
    package var replica: String?
    package var primary: String?
    /// The role that owns the summary and staging tables; sessions on the primary `SET ROLE` to it.
    package var owner: String?
    /// `on_lag.wait`: how long a run waits for the replica to replay; 60 by default.
    package var lagWaitSeconds: Int
    /// `fail` by default.
    package var lagging: Lagging
    /// `replica` by default.
    package var confirm: Confirm
    /// `confirm_wait`: how long a run waits for that server; 60 by default.
    package var confirmWaitSeconds: Int
    /// `reconnect_wait`: how long a run tries to reconnect to a lost server; 30 by default.
    package var reconnectWaitSeconds: Int
    /// `statement_timeout` of each session; 3600 by default.
    package var statementTimeoutSeconds: Int
    /// Schemas whose objects reports use without naming them; nil: those of the project.
    package var searchPath: [String]?
    /// The language of what people read; nil: that of the project.
    package var locale: String?
    /// URLs of the REST interfaces of Patroni and of etcd's clients, without a path; empty for a cluster without them.
    package var patroni: [String] = []
    package var etcd: [String] = []
    /// For those of them that begin with `https`.
    package var clusterTLS = ClusterTLS()
    /// URLs of further servers with TLS, whose certificates `doctor` looks at.
    package var certificates: [String] = []
    /// nil: `doctor` does not look at backups.
    package var backup: Backup?
    /// The Superset that shows the summary tables; its `url` is nil for none.
    package var superset: SupersetServer

    /// The key `cluster_tls`: absolute paths of PEM files.
    package struct ClusterTLS: Hashable, Sendable {
      /// The authorities that signed the servers' certificates; nil: those of the system.
      package var ca: String?
      /// What reportgen shows to servers that ask for a certificate; nil: nothing.
      package var certificate: String?
      /// Of `certificate`; nil: it is in that file, too.
      package var key: String?

      package init(ca: String? = nil, certificate: String? = nil, key: String? = nil) {
        self.ca = ca
        self.certificate = certificate
        self.key = key
      }
    }

    /// `replica: none`
    package static let noReplica = "none"

    /// Whether reports are read from another server than the one they are published on.
    package var hasReplica: Bool { replica != Self.noReplica }

    /// The key `backup`: the backups that `doctor` checks.
    package struct Backup: Hashable, Sendable {
      /// A command whose output has the format of `pgbackrest info --output=json`.
      package var info: HookCommand
      /// `max_age`: when the newest backup is older, `doctor` reports a problem; 26 hours by default.
      package var maxAgeSeconds: Int

      package init(info: HookCommand, maxAgeSeconds: Int = 26 * 3600) {
        self.info = info
        self.maxAgeSeconds = maxAgeSeconds
      }
    }

    package init(
      name: String, replica: String? = nil, primary: String? = nil, owner: String? = nil,
      lagWaitSeconds: Int = 60, lagging: Lagging = .fail, confirm: Confirm = .replica,
      confirmWaitSeconds: Int = 60, reconnectWaitSeconds: Int = 30, statementTimeoutSeconds: Int = 3600,
      superset: SupersetServer = SupersetServer()
    ) {
      self.name = name
      self.replica = replica
      self.primary = primary
      self.owner = owner
      self.lagWaitSeconds = lagWaitSeconds
      self.lagging = lagging
      self.confirm = confirm
      self.confirmWaitSeconds = confirmWaitSeconds
      self.reconnectWaitSeconds = reconnectWaitSeconds
      self.statementTimeoutSeconds = statementTimeoutSeconds
      self.superset = superset
    }
  }

  /// What `reportgen sandbox up` loads into its new database, in this order, with psql; relative to the project.
  package struct SandboxSettings: Hashable, Sendable {
    /// `sandbox` by default.
    package var database: String
    /// SQL files; empty for an empty database.
    package var setup: [String]
    /// The folder of a PostgreSQL installation, relative to the project unless absolute; nil for the newest there is.
    package var postgres: String?
    /// The Superset that shows the sandbox; its `url` is nil for none.
    package var superset: SupersetServer

    package init(
      database: String = "sandbox", setup: [String] = [], postgres: String? = nil,
      superset: SupersetServer = SupersetServer()
    ) {
      self.database = database
      self.setup = setup
      self.postgres = postgres
      self.superset = superset
    }
  }

  /// Several reports in one file for Excel, a sheet a report.
  package struct Workbook: Hashable, Sendable {
    /// Lower-case letters, digits and hyphens, at most 60; of no report.
    package var name: String
    /// Names, in the order of the sheets; at least one.
    package var reports: [String]

    package init(name: String, reports: [String]) {
      self.name = name
      self.reports = reports
    }
  }

  /// The environment that every project has; no other can have its name.
  package static let sandboxName = "sandbox"

  /// An IANA name, where a day begins.
  package var timezone: String
  /// The folder of the exports, relative to the project unless absolute.
  package var output: String
  /// `default_env`: the environment of commands without `--env`; `sandbox` by default.
  package var defaultEnvironment: String
  /// In the order of the file; `sandbox` is not among them.
  package var environments: [Environment]
  package var sandbox: SandboxSettings
  /// How many missing intervals of a report a run without `--backfill` takes; 31 by default.
  package var maxCatchUp: Int
  /// `difference_from`: from how many published rows on a publish compares them on the replica.
  package var differenceFrom = 50_000
  /// The `expect_within` of reports without one of their own; nil: they are never late.
  package var expectWithinSeconds: Int?
  /// Where each run writes its metrics, relative to the project unless absolute; nil for nowhere.
  package var metricsFile: String?
  /// `on_success`: run after a run that ended with exit code 0; nil for nothing.
  package var onSuccess: HookCommand?
  /// `on_failure`: run after any other run; nil for nothing.
  package var onFailure: HookCommand?
  /// `hook_timeout`: how long either command may take; 60 by default.
  package var hookTimeoutSeconds: Int
  /// The language of pages and of titles in Superset; nil: English words, titles as the definitions have them.
  package var locale: String?
  /// `search_path`: schemas whose objects reports use without naming them, in environments without one of their own.
  package var searchPath: [String] = []
  /// In the order of the file.
  package var workbooks: [Workbook] = []
  /// Where reportgen.yaml has each key with a value, by the key's path, such as `environments.production.on_lag.wait`.
  package var places: [String: SourcePlace] = [:]

  package init(
    timezone: String = "UTC", output: String = "out", defaultEnvironment: String = Project.sandboxName,
    environments: [Environment] = [], sandbox: SandboxSettings = SandboxSettings(), maxCatchUp: Int = 31,
    expectWithinSeconds: Int? = nil, metricsFile: String? = nil, onSuccess: HookCommand? = nil,
    onFailure: HookCommand? = nil, hookTimeoutSeconds: Int = 60, locale: String? = nil
  ) {
    self.timezone = timezone
    self.output = output
    self.defaultEnvironment = defaultEnvironment
    self.environments = environments
    self.sandbox = sandbox
    self.maxCatchUp = maxCatchUp
    self.expectWithinSeconds = expectWithinSeconds
    self.metricsFile = metricsFile
    self.onSuccess = onSuccess
    self.onFailure = onFailure
    self.hookTimeoutSeconds = hookTimeoutSeconds
    self.locale = locale
  }
}
