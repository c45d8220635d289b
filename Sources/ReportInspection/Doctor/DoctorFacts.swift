import ClusterClient
import ReportEngine
import ReportLedger
import ReportModel

/// Everything that the doctor found out; what it means is for `Diagnosis`.
struct DoctorFacts: Sendable {
  /// A server that answered, or one line that says why none did.
  package enum Server: Hashable, Sendable {
    /// - Parameters:
    ///   - skew: its clock less that of this machine, in seconds, known to half of `within`.
    case answers(ServerFacts, skew: Double, within: Double)
    case silent(Refusal)

    var facts: ServerFacts? {
      if case .answers(let facts, _, _) = self { facts } else { nil }
    }
  }

  struct Refusal: Hashable, Sendable {
    package var reason: String
    package var hint: String?
    /// It can be different in a while; a wrong password will not.
    var isTransient: Bool
  }

  struct Place: Hashable, Sendable {
    /// As the connection string names it; empty for its only one.
    package var name: String
    package var server: Server
  }

  struct Member: Hashable, Sendable {
    var member: PatroniMember
    var node: ClusterClient.Answer<PatroniNode>
    /// Holds the leader's key at this moment.
    var holdsKey: ClusterClient.Answer<Bool>
  }

  struct Silence: Hashable, Sendable {
    package var url: String
    package var reason: String
  }

  package struct Patroni: Hashable, Sendable {
    var cluster: ClusterClient.Answer<PatroniCluster>
    var members: [Member] = []
    /// Configured interfaces that do not answer and that no member tells of, with the reason.
    package var silent: [Silence] = []
    /// Names of the members whose server is the one that the primary's string leads to.
    var primaries: [String] = []
  }

  struct Etcd: Hashable, Sendable {
    package var url: String
    var isHealthy: ClusterClient.Answer<Bool>
  }

  enum Backups: Hashable, Sendable {
    case stanzas([BackupFacts])
    case failed(reason: String)
  }

  enum LedgerState: Hashable, Sendable {
    case current
    case missing
    case outdated(version: Int)
    case newer(version: Int)
    case unreadable(String)
  }

  package var environment: Project.Environment
  /// Each value and where it came from, secrets left out.
  package var configuration: [(name: String, value: String, source: String)] = []
  package var primary: Server
  var replicas: [Place]
  /// Nil where none is configured.
  package var patroni: Patroni?
  package var etcd: [Etcd] = []
  package var backups: Backups?
  package var ledger: LedgerState?
  /// Of the folder of the exports.
  package var disk: Disk?
  /// Seconds since 1970.
  package var now: Int

  struct Disk: Hashable, Sendable {
    package var path: String
    var freeBytes: Int
    var totalBytes: Int
  }
}
