import ClusterClient
import Foundation
import Glibc
import PostgresClient
import ReportEngine
import ReportLedger
import ReportModel

/// Reads the state of everything that a run depends on, and judges it; writes nothing.
package struct DoctorEngine: Sendable {
  /// Runs a configured command: its output, or nil and the reason.
  package typealias Program = @Sendable (HookCommand) async -> (output: String?, failure: String)

  let environment: Project.Environment
  let servers: Servers
  let output: ExportRoot
  /// Name, value and source of each setting, secrets left out.
  let configuration: [(name: String, value: String, source: String)]
  /// Every report of the project; nil when the definitions could not be read.
  let graph: DependencyGraph?
  let program: Program

  /// - Parameters:
  ///   - configuration: settings to list, with passwords left out.
  ///   - program: runs the command of `backup.info`.
  package init(
    environment: Project.Environment, servers: Servers, output: ExportRoot,
    configuration: [(name: String, value: String, source: String)], graph: DependencyGraph? = nil,
    program: @escaping Program
  ) {
    self.environment = environment
    self.servers = servers
    self.output = output
    self.configuration = configuration
    self.graph = graph
    self.program = program
  }

  /// Problems are findings and not errors.
  ///
  /// - Throws: `CancellationError`.
  package func examine() async throws -> [Finding] {
    async let primary = examinePrimary()
    async let replicas = examineReplicas()
    async let etcd = examineEtcd()
    async let backups = examineBackups()
    async let certificates = examineCertificates()
    let examined = try await primary
    let facts = DoctorFacts(
      environment: environment, configuration: configuration, primary: examined.server,
      primaryAddress: ((try? servers.primaryPlaces()) ?? []).map(\.description).joined(separator: ", "),
      primaryAsReader: examined.asReader, replicas: try await replicas, patroni: examined.patroni,
      etcd: try await etcd, certificates: try await certificates, backups: await backups,
      ledger: examined.ledger, reports: examined.reports,
      disk: disk, now: Int(Date().timeIntervalSince1970))
    try Task.checkCancellation()
    return Diagnosis(facts: facts).findings
  }

  // MARK: Servers

  /// What one session on the primary gave.
  private struct Primary {
    var server: DoctorFacts.Server
    var ledger: DoctorFacts.LedgerState?
    var patroni: DoctorFacts.Patroni?
    var asReader: ServerFacts?
    var reports: DoctorFacts.Reports?
  }

  private func examinePrimary() async throws -> Primary {
    do {
      let session = try await servers.openPrimary()
      var found = Primary(server: try await examine(session))
      let isPrimary = found.server.facts?.isReplica == false
      found.ledger = isPrimary ? try await ledgerState(session) : nil
      found.patroni = try await examinePatroni(primary: session)
      if isPrimary {
        var reader = await readerOfPrimary(session, found.server.facts)
        if let reader { found.asReader = try? await ServerFacts.read(on: reader, owner: environment.owner) }
        // A replica has the same rights in its catalogs.
        if reader == nil { reader = try? await servers.openReplica(ofAnyRole: true) }
        found.reports = try await examineReports(session, reader: reader, found.ledger)
        await reader?.close()
      }
      await session.close()
      return found
    } catch let error as CancellationError {
      throw error
    } catch {
      // A replica behind the address refuses who asks for a primary, and answers who reads.
      let answering = try? await servers.openReaderOfPrimary(ofAnyRole: true)
      let patroni = try await examinePatroni(primary: answering)
      await answering?.close()
      return Primary(server: silent(error), patroni: patroni)
    }
  }

  /// A session on the primary as the role that reads; nil when it cannot connect there.
  private func readerOfPrimary(_ session: Connection, _ primary: ServerFacts?) async -> Connection? {
    if let reader = try? await servers.openReplica(at: await session.place, ofAnyRole: true) { return reader }
    // The primary may have an address that moves, for which that role has no password.
    for place in (try? servers.replicaPlaces()) ?? [] {
      guard let reader = try? await servers.openReplica(at: place, ofAnyRole: true) else { continue }
      let server = try? await ServerFacts.read(on: reader, owner: environment.owner)
      if let server, server.startedAt == primary?.startedAt, !server.isReplica { return reader }
      await reader.close()
    }
    return nil
  }

  // MARK: Replicas

  private func examineReplicas() async throws -> [DoctorFacts.Place] {
    let places: [ServerPlace]
    do { places = try servers.replicaPlaces() } catch {
      return [DoctorFacts.Place(name: "", server: silent(error))]
    }
    var examined: [DoctorFacts.Place] = []
    for place in places {
      let name = places.count > 1 ? place.description : ""
      do {
        let session = try await servers.openReplica(at: places.count > 1 ? place : nil, ofAnyRole: true)
        examined.append(DoctorFacts.Place(name: name, server: try await examine(session)))
        await session.close()
      } catch let error as CancellationError {
        throw error
      } catch {
        examined.append(DoctorFacts.Place(name: name, server: silent(error)))
      }
    }
    return examined
  }

  private func examine(_ session: Connection) async throws -> DoctorFacts.Server {
    let before = Date().timeIntervalSince1970
    let facts = try await ServerFacts.read(on: session, owner: environment.owner)
    let after = Date().timeIntervalSince1970
    return .answers(facts, skew: facts.clock - (before + after) / 2, within: after - before)
  }

  private func silent(_ error: any Error) -> DoctorFacts.Server {
    let failure = RunError.from(error)
    return .silent(
      DoctorFacts.Refusal(
        reason: failure.diagnostic.message, hint: failure.diagnostic.hint, isTransient: failure.isTransient))
  }

  private func ledgerState(_ session: Connection) async throws -> DoctorFacts.LedgerState {
    do {
      let version = try await Ledger(connection: session).version()
      let newest = LedgerMigration.all.map(\.version).max() ?? 0
      if version == 0 { return .missing }
      if version == newest { return .current }
      return version < newest ? .outdated(version: version) : .newer(version: version)
    } catch let error as PostgresError where !error.isTransient {
      return .unreadable(error.reason)
    }
  }

  // MARK: Cluster

  private func examinePatroni(primary: Connection?) async throws -> DoctorFacts.Patroni? {
    guard !environment.patroni.isEmpty else { return nil }
    let client = try ClusterClient(tls: environment.clusterTLS)
    let cluster = try await client.cluster(environment.patroni)
    var members: [DoctorFacts.Member] = []
    for member in cluster.value?.members ?? [] {
      async let node = client.node(member.url)
      async let holdsKey = client.isLeader(member.url)
      members.append(
        DoctorFacts.Member(member: member, node: try await node, holdsKey: try await holdsKey))
    }
    var silent: [DoctorFacts.Silence] = []
    // The other members stop listing a member without Patroni when its key expires.
    for url in environment.patroni where !members.contains(where: { $0.member.url == url }) {
      if case .noAnswer(let reason) = try await client.node(url) {
        silent.append(DoctorFacts.Silence(url: url, reason: reason))
      }
    }
    var primaries: [String] = []
    for member in members {
      guard let primary, let started = member.node.value?.startedAt else { continue }
      if try await isServer(primary, startedAt: started) { primaries.append(member.member.name) }
    }
    return DoctorFacts.Patroni(
      cluster: cluster, members: members, silent: silent, primaries: primaries)
  }

  /// Two servers of a cluster never start in the same millisecond, the precision that every version of Patroni reports.
  private func isServer(_ session: Connection, startedAt: String) async throws -> Bool {
    do {
      let rows = try await session.query(
        """
        SELECT date_trunc('milliseconds', pg_postmaster_start_time()) = date_trunc('milliseconds', $1::timestamptz) AS is_same
        """, [startedAt])
      return try Row(only: rows)["is_same"] == "t"
    } catch let error as PostgresError where !error.isTransient {
      return false
    }
  }

  private func examineEtcd() async throws -> [DoctorFacts.Etcd] {
    guard !environment.etcd.isEmpty else { return [] }
    let answers = try await ClusterClient(tls: environment.clusterTLS).etcdHealth(environment.etcd)
    return zip(environment.etcd, answers).map(DoctorFacts.Etcd.init)
  }

  private func examineBackups() async -> DoctorFacts.Backups? {
    guard let backup = environment.backup else { return nil }
    let (output, failure) = await program(backup.info)
    guard let output else { return .failed(reason: failure) }
    return BackupFacts.read(output).map { .stanzas($0) }
      ?? .failed(reason: "the command of backup.info does not print pgBackRest's JSON")
  }

  // MARK: Disk

  /// Of the folder of the exports, or of the nearest one that exists.
  private var disk: DoctorFacts.Disk? {
    var path = output.path
    var found = statvfs()
    while statvfs(path, &found) != 0 {
      guard path != "/", let slash = path.lastIndex(of: "/") else { return nil }
      path = slash == path.startIndex ? "/" : String(path[..<slash])
    }
    return DoctorFacts.Disk(
      path: output.shown, freeBytes: Int(found.f_bavail) * Int(found.f_frsize),
      totalBytes: Int(found.f_blocks) * Int(found.f_frsize))
  }
}
