import Certificates
import ClusterClient
import ReportModel

/// Everything that `reportgen doctor` has read; `Diagnosis` judges it.
struct DoctorFacts: Sendable {
  /// What a server answered, or why none did.
  enum Server: Hashable, Sendable {
    /// - Parameters:
    ///   - skew: its clock less that of this machine, in seconds, known to half of `within`.
    case answers(ServerFacts, skew: Double, within: Double)
    case silent(Refusal)

    var facts: ServerFacts? {
      if case .answers(let facts, _, _) = self { facts } else { nil }
    }
  }

  struct Refusal: Hashable, Sendable {
    var reason: String
    var hint: String?
    /// A later attempt can succeed; with a wrong password it cannot.
    var isTransient: Bool
  }

  struct Place: Hashable, Sendable {
    /// As the connection string names it; empty for its only one.
    var name: String
    var server: Server
  }

  struct Member: Hashable, Sendable {
    var member: PatroniMember
    var node: ClusterClient.Answer<PatroniNode>
    /// Holds the leader's key at this moment.
    var holdsKey: ClusterClient.Answer<Bool>
  }

  struct Silence: Hashable, Sendable {
    var url: String
    var reason: String
  }

  struct Patroni: Hashable, Sendable {
    var cluster: ClusterClient.Answer<PatroniCluster>
    var members: [Member] = []
    /// Configured interfaces that do not answer and that no member lists, with the reason.
    var silent: [Silence] = []
    /// Names of the members whose server the primary's string connects to.
    var primaries: [String] = []
  }

  struct Etcd: Hashable, Sendable {
    var url: String
    var isHealthy: ClusterClient.Answer<Bool>
  }

  struct ShownCertificate: Hashable, Sendable {
    /// The server's URL, or the file's path.
    var subject: String
    var certificate: ClusterClient.Answer<Certificate>
    /// That the server is silent is a finding of another area already.
    var isAskedElsewhere = false
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

  var environment: Project.Environment
  /// Each value and where it came from, secrets left out.
  var configuration: [(name: String, value: String, source: String)] = []
  var primary: Server
  /// The primary's hosts as its string names them: a virtual address, for one.
  var primaryAddress = ""
  /// The primary as the role that reads sees it, which may be given rights that the owner lacks; nil when that role
  /// cannot connect there.
  var primaryAsReader: ServerFacts?
  var replicas: [Place]
  /// Nil when none is configured.
  var patroni: Patroni?
  var etcd: [Etcd] = []
  /// Of servers with TLS besides PostgreSQL, and of files.
  var certificates: [ShownCertificate] = []
  var backups: Backups?
  var ledger: LedgerState?
  /// Nil where the definitions or the catalogs could not be read.
  var reports: Reports?
  /// Of the folder of the exports.
  var disk: Disk?
  /// Seconds since 1970.
  var now: Int

  /// What the definitions need and what there is of it.
  struct Reports: Hashable, Sendable {
    /// Statements that give the role that reads what it lacks.
    var missingForReader: [String] = []
    /// The same for the owner of the summary tables.
    var missingForOwner: [String] = []
    /// Tables that a report reads, that no report makes, and that do not exist.
    var absent: [Absence] = []
    /// Queries that only a server parses, and that it refuses to the role that reads; not for a right that is listed.
    var refused: [RefusedQuery] = []
    /// Summary tables that do not have what is published.
    var lost: [Diagnostic] = []
    /// Reports of the ledger without a definition, and how many.
    var orphans: [String] = []
    /// How many reports have a definition.
    var count = 0
  }

  struct RefusedQuery: Hashable, Sendable {
    var report: String
    /// The server's words.
    var reason: String
    var hint: String?
  }

  struct Absence: Hashable, Sendable {
    var report: String
    var table: QualifiedName
  }

  struct Disk: Hashable, Sendable {
    var path: String
    var freeBytes: Int
    var totalBytes: Int
  }
}
