import Certificates
import ClusterClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct DiagnosisTests {
    @Test("each finding, with how to mend it; of every case what the healthy cluster does not have")
    func everything() throws {
      let usual = Set(Diagnosis(facts: Self.healthy()).findings)
      let text = Self.cases.map { name, facts in
        let findings = Diagnosis(facts: facts).findings
        let shown = name == "a healthy cluster" ? findings : findings.filter { !usual.contains($0) }
        let lines = shown.map { finding in
          "\(finding.level.rawValue) \(finding.area.rawValue), \(finding.subject): \(finding.fact)"
            + (finding.hint.map { "\n    hint: \($0)" } ?? "")
        }
        return "== \(name): exit \(findings.status.rawValue)\n" + lines.joined(separator: "\n")
      }
      try expectGolden(text.joined(separator: "\n\n") + "\n", "engine/doctor.txt")
    }

    static let cases: [(String, DoctorFacts)] = [
      ("a healthy cluster", healthy()),
      (
        "servers that are away",
        changed {
          $0.primary = silent("could not connect to \"primary\"", hint: "Start it.")
          $0.replicas = [DoctorFacts.Place(name: "", server: silent("no route to host"))]
          $0.ledger = nil
        }
      ),
      (
        "passwords that are wrong",
        changed {
          $0.primary = silent("password authentication failed", isTransient: false)
          $0.replicas = [
            DoctorFacts.Place(name: "", server: silent("password authentication failed", isTransient: false))
          ]
          $0.ledger = nil
        }
      ),
      (
        "passwords over a network without encryption",
        changed {
          var (server, reader) = (primary(), replica())
          (server.isPasswordExposed, reader.isPasswordExposed) = (true, true)
          $0.primary = .answers(server, skew: 0, within: 0)
          $0.replicas = [DoctorFacts.Place(name: "", server: .answers(reader, skew: 0, within: 0))]
        }
      ),
      (
        "a replica that is away, where the primary may be read",
        changed {
          $0.environment.lagging = .usePrimary
          $0.replicas = [DoctorFacts.Place(name: "", server: silent("no route to host"))]
        }
      ),
      (
        "a replica that receives nothing, an archive that takes nothing",
        changed {
          var reader = replica()
          reader.position = 0
          $0.replicas = [DoctorFacts.Place(name: "", server: .answers(reader, skew: 0, within: 0))]
          var server = primary()
          server.archiver.waitingBytes = 300 << 20
          $0.primary = .answers(server, skew: 0, within: 0)
        }
      ),
      (
        "roles turned around",
        changed {
          $0.primary = .answers(replica(), skew: 0, within: 0)
          $0.replicas = [DoctorFacts.Place(name: "", server: .answers(primary(), skew: 0, within: 0))]
        }
      ),
      (
        "the virtual address is on the replica",
        changed {
          var server = replica()
          server.role = primary().role
          $0.primary = .answers(server, skew: 0, within: 0)
          $0.patroni?.primaries = ["pg1"]
          ($0.ledger, $0.reports, $0.primaryAsReader) = (nil, nil, nil)
        }
      ),
      (
        "a replica behind the virtual address refuses to be a primary",
        changed {
          $0.primary = silent("session is read-only")
          $0.patroni?.primaries = ["pg1"]
          ($0.ledger, $0.reports, $0.primaryAsReader) = (nil, nil, nil)
        }
      ),
      (
        "nobody has the virtual address",
        changed {
          $0.primary = silent("no route to host")
          $0.patroni?.primaries = []
          ($0.ledger, $0.reports, $0.primaryAsReader) = (nil, nil, nil)
        }
      ),
      (
        "what the owner may not see and the reader may",
        changed {
          var server = primary()
          server.replicas = [ServerFacts.Replica(name: "pg1", state: nil, lagBytes: nil)]
          (server.walBytes, server.role.isMonitor) = (nil, false)
          $0.primary = .answers(server, skew: 0, within: 0)
        }
      ),
      (
        "what neither may see",
        changed {
          var server = primary()
          server.replicas = [ServerFacts.Replica(name: "pg1", state: nil, lagBytes: nil)]
          server.walBytes = nil
          $0.primary = .answers(server, skew: 0, within: 0)
          server.role = replica().role
          $0.primaryAsReader = server
        }
      ),
      (
        "reports whose tables, sources or definitions are gone",
        changed {
          let sale = Sample.report()
          $0.reports = DoctorFacts.Reports(
            missingForReader: ["GRANT SELECT ON src.sale TO reportgen_reader;"],
            missingForOwner: ["GRANT USAGE ON SCHEMA src TO reportgen_owner;"],
            absent: [DoctorFacts.Absence(report: "stock", table: QualifiedName(schema: "src", name: "gone"))],
            refused: [DoctorFacts.RefusedQuery(report: "newer", reason: "permission denied for view shown")],
            lost: [TableLoss.emptied(published: 12).diagnostic(sale, intervals: 3, .warning)],
            orphans: ["old"], count: 2)
        }
      ),
      (
        "another cluster",
        changed {
          var other = replica()
          other.systemIdentifier = "7"
          var older = replica()
          older.version = 140_010
          older.versionText = "14.10"
          $0.replicas = [
            DoctorFacts.Place(name: "pg1:5432", server: .answers(other, skew: 0, within: 0)),
            DoctorFacts.Place(name: "pg2:5432", server: .answers(older, skew: 0, within: 0)),
            DoctorFacts.Place(name: "pg3:5432", server: silent("no route to host")),
          ]
        }
      ),
      (
        "a leader without its Patroni",
        changed {
          $0.patroni = DoctorFacts.Patroni(
            cluster: .value(
              PatroniCluster(members: [member("pg0", "replica", 4), member("pg1", "leader", 5)])),
            members: [
              DoctorFacts.Member(
                member: member("pg0", "replica", 4), node: .value(node("master", 4)), holdsKey: .value(false)),
              DoctorFacts.Member(
                member: member("pg1", "leader", 5), node: .value(node("primary", 5)), holdsKey: .value(true)),
            ], primaries: ["pg0"])
        }
      ),
      (
        "a leader without its Patroni, which the others have forgotten",
        changed {
          var old = primary()
          old.place = "192.168.88.65:5432"
          old.startedAt = "2026-11-21 03:00:00.1+03"
          $0.replicas = [
            DoctorFacts.Place(name: "192.168.88.65:5432", server: .answers(old, skew: 0, within: 0)),
            DoctorFacts.Place(name: "192.168.88.64:5432", server: .answers(primary(), skew: 0, within: 0)),
          ]
          let pg1 = member("pg1", "leader", 5)
          $0.patroni = DoctorFacts.Patroni(
            cluster: .value(PatroniCluster(members: [pg1])),
            members: [
              DoctorFacts.Member(member: pg1, node: .value(node("primary", 5)), holdsKey: .value(true))
            ],
            silent: [
              DoctorFacts.Silence(
                url: "http://192.168.88.65:8008", reason: "could not connect to http://192.168.88.65:8008")
            ], primaries: ["pg1"])
        }
      ),
      (
        "no leader, no quorum",
        changed {
          let pg0 = member("pg0", "replica", 4)
          $0.patroni = DoctorFacts.Patroni(
            cluster: .value(PatroniCluster(members: [pg0], isPaused: true)),
            members: [
              DoctorFacts.Member(
                member: pg0, node: .value(PatroniNode(state: "starting", role: "replica")),
                holdsKey: .value(false)),
              DoctorFacts.Member(
                member: member("pg1", "leader", 4),
                node: .noAnswer("could not connect to http://192.168.88.64:8008"), holdsKey: .noAnswer("")),
            ])
          $0.etcd[0].isHealthy = .value(false)
          $0.etcd[1].isHealthy = .noAnswer("could not connect to http://192.168.88.64:2379")
        }
      ),
      (
        "Patroni is silent",
        changed { $0.patroni?.cluster = .noAnswer("could not connect to http://pg0:8008") }
      ),
      (
        "one etcd member is lost",
        changed { $0.etcd[2].isHealthy = .noAnswer("could not connect to http://192.168.88.60:2379") }
      ),
      (
        "replication and settings that hurt",
        changed {
          var server = primary()
          server.replicas = [
            ServerFacts.Replica(name: "pg1", state: "catchup", lagBytes: 200 << 20),
            ServerFacts.Replica(name: "one", state: nil, lagBytes: nil),
          ]
          server.slots = [
            ServerFacts.Slot(name: "pg1", isActive: false, walStatus: "extended", retainedBytes: 9 << 30),
            ServerFacts.Slot(name: "old", isActive: false, walStatus: "reserved", retainedBytes: 1 << 20),
            ServerFacts.Slot(name: "gone", isActive: false, walStatus: "lost", retainedBytes: nil),
          ]
          server.settings["fsync"] = "off"
          server.settings["wal_sender_timeout"] = "0"
          server.sessions = 95
          server.walBytes = 40 << 30
          server.archiver = ServerFacts.Archiver(
            failedCount: 3, isFailing: true, lastFailedFile: "000000040000000000000031",
            secondsSinceSuccess: 9000)
          $0.primary = .answers(server, skew: -9.2, within: 0.1)
          $0.primaryAsReader = nil
          var reader = replica()
          reader.isReplayPaused = true
          reader.settings["hot_standby_feedback"] = "off"
          var endless = replica()
          endless.place = "192.168.88.63:5432"
          endless.startedAt = "2026-11-22 03:00:05.2+03"
          endless.settings["max_standby_streaming_delay"] = "-1"
          $0.replicas = [
            DoctorFacts.Place(name: "pg1:5432", server: .answers(reader, skew: 3.2, within: 4)),
            DoctorFacts.Place(name: "pg2:5432", server: .answers(endless, skew: 0, within: 0)),
          ]
          $0.environment.confirm = .primary
        }
      ),
      (
        "no replica, no archive, no rights",
        changed {
          var server = primary()
          server.replicas = []
          server.settings["archive_mode"] = "off"
          server.walBytes = nil
          server.role.mayBeOwner = false
          $0.primaryAsReader = nil
          $0.primary = .answers(server, skew: 0, within: 0)
          var reader = replica()
          reader.role = ServerFacts.Role(
            name: "postgres", actsAs: "postgres", isSuperuser: true, bypassesRowSecurity: true,
            isMonitor: true, mayBeOwner: true, isMember: true)
          $0.replicas = [DoctorFacts.Place(name: "", server: .answers(reader, skew: 0, within: 0))]
          $0.ledger = .missing
          $0.disk = DoctorFacts.Disk(path: "out", freeBytes: 12_345_678, totalBytes: 270_000_000_000)
        }
      ),
      ("an old ledger", changed { $0.ledger = .outdated(version: 1) }),
      ("a ledger of tomorrow", changed { $0.ledger = .newer(version: 99) }),
      (
        "backups that are old, broken or missing",
        changed {
          func stanza(_ name: String, code: Int = 0, _ backups: [BackupFacts.Backup]) -> BackupFacts {
            BackupFacts(
              name: name,
              status: BackupFacts.Status(code: code, message: code == 0 ? "ok" : "missing stanza path"),
              backup: backups)
          }
          $0.backups = .stanzas([
            stanza("old", [backup(stop: $0.now - 3 * 86_400)]), stanza("empty", []),
            stanza("broken", [backup(stop: $0.now - 60, error: true)]), stanza("lost", code: 1, []),
          ])
        }
      ),
      ("a repository without a stanza", changed { $0.backups = .stanzas([]) }),
      (
        "a command that fails",
        changed {
          $0.backups = .failed(reason: "the command of backup.info ended with exit code 127: not found")
        }
      ),
      (
        "certificates that end, have ended, and cannot be read",
        changed {
          var server = primary()
          server.certificateEnd = $0.now + 29 * 86_400
          $0.primary = .answers(server, skew: 0, within: 0)
          $0.certificates = [
            shown("https://192.168.88.65:8008", .value(Certificate(end: $0.now + 824 * 86_400))),
            shown("https://192.168.88.65:2379", .value(Certificate(end: $0.now - 1))),
            shown("https://192.168.88.64:2379", .noAnswer("could not connect")),
            DoctorFacts.ShownCertificate(
              subject: "https://192.168.88.64:8008", certificate: .noAnswer("could not connect"),
              isAskedElsewhere: true),
            shown("/etc/reportgen/root.crt", .noAnswer("the file has no certificate")),
          ]
        }
      ),
      (
        "nothing but two servers",
        changed {
          $0.environment.patroni = []
          $0.environment.backup = nil
          ($0.patroni, $0.etcd, $0.backups) = (nil, [], nil)
        }
      ),
    ]

    // MARK: Facts of the store's cluster

    private static func changed(_ change: (inout DoctorFacts) -> Void) -> DoctorFacts {
      var facts = healthy()
      change(&facts)
      return facts
    }

    private static func healthy() -> DoctorFacts {
      var environment = Project.Environment(name: "production", owner: "reportgen_owner")
      environment.patroni = ["http://192.168.88.65:8008", "http://192.168.88.64:8008"]
      environment.backup = Project.Environment.Backup(info: .program(["pgbackrest", "info"]))
      let (pg0, pg1) = (member("pg0", "leader", 4), member("pg1", "replica", 4, lag: 0))
      return DoctorFacts(
        environment: environment, configuration: [("timezone", "Europe/Moscow", "reportgen.yaml")],
        primary: .answers(primary(), skew: 0.01, within: 0.002), primaryAddress: "192.168.88.123:5432",
        primaryAsReader: primary(),
        replicas: [DoctorFacts.Place(name: "", server: .answers(replica(), skew: -0.01, within: 0.002))],
        patroni: DoctorFacts.Patroni(
          cluster: .value(PatroniCluster(members: [pg0, pg1])),
          members: [
            DoctorFacts.Member(member: pg0, node: .value(node("primary", 4)), holdsKey: .value(true)),
            DoctorFacts.Member(member: pg1, node: .value(node("replica", 4)), holdsKey: .value(false)),
          ], primaries: ["pg0"]),
        etcd: [65, 64, 60].map {
          DoctorFacts.Etcd(url: "http://192.168.88.\($0):2379", isHealthy: .value(true))
        },
        backups: .stanzas([
          BackupFacts(
            name: "ishop", status: BackupFacts.Status(code: 0, message: "ok"),
            backup: [backup(stop: 1_795_000_000 - 5 * 3600)])
        ]),
        ledger: .current, reports: DoctorFacts.Reports(count: 12),
        disk: DoctorFacts.Disk(path: "out", freeBytes: 80_000_000_000, totalBytes: 270_000_000_000),
        now: 1_795_000_000)
    }

    private static func shown(_ subject: String, _ answer: ClusterClient.Answer<Certificate>)
      -> DoctorFacts.ShownCertificate
    {
      DoctorFacts.ShownCertificate(subject: subject, certificate: answer)
    }

    private static func silent(_ reason: String, hint: String? = nil, isTransient: Bool = true)
      -> DoctorFacts.Server
    {
      .silent(DoctorFacts.Refusal(reason: reason, hint: hint, isTransient: isTransient))
    }

    private static func backup(stop: Int, error: Bool = false) -> BackupFacts.Backup {
      BackupFacts.Backup(
        label: "20261122-230000F", type: "full", timestamp: BackupFacts.Backup.Times(stop: stop), error: error
      )
    }

    private static func member(_ name: String, _ role: String, _ timeline: Int, lag: Int? = nil)
      -> PatroniMember
    {
      PatroniMember(
        name: name, role: role, state: "running", host: "192.168.88.65", timeline: timeline, lagBytes: lag,
        tags: PatroniTags(noSync: true))
    }

    private static func node(_ role: String, _ timeline: Int) -> PatroniNode {
      PatroniNode(state: "running", role: role, timeline: timeline, version: "4.0.4")
    }

    private static func primary() -> ServerFacts {
      ServerFacts(
        place: "192.168.88.123:5432", isReplica: false, systemIdentifier: "7711172753822652566",
        database: "internetshop", timeline: 4, version: 150_018,
        versionText: "15.18 (Debian 15.18-0+deb12u1)",
        clock: 0, startedAt: "2026-11-22 03:00:00.1+03", isReplayPaused: false, position: 1 << 40,
        settings: [
          "archive_mode": "on", "fsync": "on", "full_page_writes": "on", "max_connections": "100",
          "synchronous_standby_names": "", "wal_sender_timeout": "60000", "hot_standby_feedback": "off",
          "max_standby_streaming_delay": "30000",
        ],
        replicas: [ServerFacts.Replica(name: "pg1", state: "streaming", lagBytes: 120)],
        slots: [ServerFacts.Slot(name: "pg1", isActive: true, walStatus: "reserved", retainedBytes: 120)],
        archiver: ServerFacts.Archiver(
          failedCount: 0, isFailing: false, lastFailedFile: nil, secondsSinceSuccess: 300,
          waitingBytes: 20_000_000),
        role: ServerFacts.Role(
          name: "reportgen_writer", actsAs: "reportgen_owner", isSuperuser: false, bypassesRowSecurity: false,
          isMonitor: true, mayBeOwner: true, isMember: true), sessions: 12, walBytes: 900_000_000)
    }

    private static func replica() -> ServerFacts {
      var facts = primary()
      facts.place = "192.168.88.64:5432"
      facts.isReplica = true
      facts.startedAt = "2026-11-22 03:00:01.7+03"
      facts.settings["hot_standby_feedback"] = "on"
      facts.settings["wal_receiver_timeout"] = "60000"
      facts.replicas = []
      facts.slots = []
      facts.role = ServerFacts.Role(
        name: "reportgen_reader", actsAs: "reportgen_reader", isSuperuser: false, bypassesRowSecurity: false,
        isMonitor: false, mayBeOwner: false, isMember: false)
      return facts
    }
  }
}
