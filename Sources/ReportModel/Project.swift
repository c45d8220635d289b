/// A project as `reportgen.yaml` describes it; the values of options and `REPORTGEN_*` are not in it yet.
package struct Project: Hashable, Sendable {
  /// A named pair of connections.
  package struct Environment: Hashable, Sendable {
    package enum Lagging: String, Hashable, Sendable, CaseIterable {
      case fail
      case usePrimary = "use_primary"
    }

    package enum Confirm: String, Hashable, Sendable, CaseIterable {
      case replica, primary
    }

    package var name: String
    /// libpq connection strings; both nil for `sandbox`, which knows its own.
    package var replica: String?
    package var primary: String?
    /// The role that owns the summary and staging tables; sessions on the primary `SET ROLE` to it.
    package var owner: String?
    package var lagWaitSeconds: Int
    package var lagging: Lagging
    package var confirm: Confirm
    package var confirmWaitSeconds: Int
    /// How long a run waits for a server that it has lost.
    package var reconnectWaitSeconds: Int
    package var statementTimeoutSeconds: Int
    /// URLs of Patroni's and etcd's own interfaces, without a path; empty for a cluster without them.
    package var patroni: [String] = []
    package var etcd: [String] = []
    package var backup: Backup?
    package var superset: SupersetServer

    /// How `doctor` learns of backups.
    package struct Backup: Hashable, Sendable {
      /// Prints what `pgbackrest info --output=json` prints.
      package var info: HookCommand
      /// An older newest backup is a problem.
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
    package var database: String
    package var setup: [String]
    package var superset: SupersetServer

    package init(
      database: String = "sandbox", setup: [String] = [], superset: SupersetServer = SupersetServer()
    ) {
      self.database = database
      self.setup = setup
      self.superset = superset
    }
  }

  package static let sandboxName = "sandbox"

  /// An IANA name, where a day begins.
  package var timezone: String
  /// The folder of the exports, relative to the project unless absolute.
  package var output: String
  package var defaultEnvironment: String
  package var environments: [Environment]
  package var sandbox: SandboxSettings
  /// How many missing intervals of a report a run without `--backfill` takes.
  package var maxCatchUp: Int
  /// The `expect_within` of reports that say nothing themselves; nil: nothing is expected of them.
  package var expectWithinSeconds: Int?
  /// Where each run leaves its metrics, relative to the project unless absolute.
  package var metricsFile: String?
  package var onSuccess: HookCommand?
  package var onFailure: HookCommand?
  /// How long either may take.
  package var hookTimeoutSeconds: Int
  /// The language of titles in Superset, as in `locales/ru.yaml`; nil: as the definitions have them.
  package var locale: String?
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
