/// A project as `reportgen.yaml` describes it; the values of options and `REPORTGEN_*` are not in it yet.
public struct Project: Hashable, Sendable {
  /// A named pair of connections.
  public struct Environment: Hashable, Sendable {
    public enum Lagging: String, Hashable, Sendable, CaseIterable {
      case fail
      case usePrimary = "use_primary"
    }

    public enum Confirm: String, Hashable, Sendable, CaseIterable {
      case replica, primary
    }

    public var name: String
    /// libpq connection strings; both nil for `sandbox`, which knows its own.
    public var replica: String?
    public var primary: String?
    /// The role that owns the summary and staging tables; sessions on the primary `SET ROLE` to it.
    public var owner: String?
    public var lagWaitSeconds: Int
    public var lagging: Lagging
    public var confirm: Confirm
    public var confirmWaitSeconds: Int
    /// How long a run waits for a server that it has lost.
    public var reconnectWaitSeconds: Int
    public var statementTimeoutSeconds: Int
    /// URLs of Patroni's and etcd's own interfaces, without a path; empty for a cluster without them.
    public var patroni: [String] = []
    public var etcd: [String] = []
    public var backup: Backup?
    public var superset: SupersetServer

    /// How `doctor` learns of backups.
    public struct Backup: Hashable, Sendable {
      /// Prints what `pgbackrest info --output=json` prints.
      public var info: HookCommand
      /// An older newest backup is a problem.
      public var maxAgeSeconds: Int

      public init(info: HookCommand, maxAgeSeconds: Int = 26 * 3600) {
        self.info = info
        self.maxAgeSeconds = maxAgeSeconds
      }
    }

    public init(
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
  public struct SandboxSettings: Hashable, Sendable {
    public var database: String
    public var setup: [String]
    public var superset: SupersetServer

    public init(
      database: String = "sandbox", setup: [String] = [], superset: SupersetServer = SupersetServer()
    ) {
      self.database = database
      self.setup = setup
      self.superset = superset
    }
  }

  public static let sandboxName = "sandbox"

  /// An IANA name, where a day begins.
  public var timezone: String
  /// The folder of the exports, relative to the project unless absolute.
  public var output: String
  public var defaultEnvironment: String
  public var environments: [Environment]
  public var sandbox: SandboxSettings
  /// How many missing intervals of a report a run without `--backfill` takes.
  public var maxCatchUp: Int
  /// The `expect_within` of reports that say nothing themselves; nil: nothing is expected of them.
  public var expectWithinSeconds: Int?
  /// Where each run leaves its metrics, relative to the project unless absolute.
  public var metricsFile: String?
  public var onSuccess: HookCommand?
  public var onFailure: HookCommand?
  /// How long either may take.
  public var hookTimeoutSeconds: Int
  /// The language of titles in Superset, as in `locales/ru.yaml`; nil: as the definitions have them.
  public var locale: String?

  public init(
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
