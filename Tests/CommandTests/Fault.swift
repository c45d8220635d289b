import Foundation
import Sandbox
import TestSupport
import Testing

/// What can happen to a run.
enum Fault: String, CaseIterable, Sendable {
  case killCommand, killCommandAgain, terminateCommand
  case killReplica, restartReplica, pauseReplica
  case killPrimary, restartPrimary, pausePrimary
  /// One backend of a server is killed, and its postmaster restarts them all.
  case crashReplica, crashPrimary
  /// An administrator ends one of the run's sessions.
  case endReplicaSession, endPrimarySession
  case cutReplica, cutPrimary
  case silenceReplica, silencePrimary
  /// Replay meets the run's snapshot, or its locks.
  case vacuum, alter
  /// Somebody holds rows of the summary tables, or a lock on one of them.
  case holdRows, holdTable
  /// Somebody changes and deletes published rows by hand.
  case editRows
  case secondRun
  case none

  /// 1 would say that a report is wrong, 65 that its definition is, 70 that reportgen is: nobody did anything wrong.
  func allows(_ status: Int32) -> Bool {
    switch self {
    case .killCommand, .killCommandAgain: [0, 128 + SIGKILL].contains(status)
    // The signal can come before the command listens: nothing was begun then.
    case .terminateCommand: [0, 130, 128 + SIGTERM].contains(status)
    case .none, .vacuum, .alter, .holdRows, .holdTable, .editRows, .secondRun: status == 0
    default: [0, 69, 75].contains(status)
    }
  }
}

/// The servers of a run, and the means to disturb it.
struct FaultScene {
  let project: CommandProject
  let pair: TestPair
  let proxies: Proxies
  var random: SplitMix64

  private static let ours = "application_name = 'reportgen' and datname = current_database()"

  mutating func cause(_ fault: Fault, _ run: Running) async throws {
    switch fault {
    case .none: break
    case .killCommand, .killCommandAgain: run.signal(SIGKILL)
    case .terminateCommand: run.signal(SIGTERM)
    case .killReplica:
      try await pair.killReplica()
      try await pause(0...300)
      try await pair.startReplica()
    case .restartReplica:
      try await pair.shutDown(.replica)
      try await pause(0...300)
      try await pair.startReplica()
    case .killPrimary:
      try await pair.killPrimary()
      try await pause(0...300)
      try await pair.startPrimary()
    case .restartPrimary:
      try await pair.shutDown(.primary)
      try await pause(0...300)
      try await pair.startPrimary()
    case .pauseReplica: try await hang(.replica)
    case .pausePrimary: try await hang(.primary)
    case .crashReplica: try crash(project.onReplica)
    case .crashPrimary: try crash(project.onPrimary)
    case .endReplicaSession: _ = try? project.onReplica(Self.end)
    case .endPrimarySession: _ = try? project.onPrimary(Self.end)
    case .cutReplica: proxies.replica.cutAll()
    case .cutPrimary: proxies.primary.cutAll()
    case .silenceReplica: try await silence(proxies.replica)
    case .silencePrimary: try await silence(proxies.primary)
    case .vacuum:
      _ = try project.onPrimary("delete from shop.scratch; insert into shop.scratch values (1)")
      _ = try project.onPrimary("vacuum shop.scratch")
    case .alter: _ = try project.onPrimary("alter table shop.sale alter item drop default")
    case .holdRows: try await hold("select from reports.lines for update")
    case .holdTable: try await hold("lock table reports.lines in share mode")
    case .editRows: try editRows()
    case .secondRun:
      let outcome = try await project.run("run", "--all", "--jobs", "4", "--lock-wait", "60s")
      #expect(outcome.status == 0, "\(outcome.error)")
    }
  }

  private static let end = """
    select pg_terminate_backend(pid) from pg_stat_activity where \(ours) order by random() limit 1
    """

  /// Of tables that a run computes whole, so that the next one makes them right.
  private mutating func editRows() throws {
    let number = random.next() % 10
    _ = try project.onPrimary(
      """
      update reports.lines set amount = -1 where id % 10 = \(number);
      delete from reports.lines where id % 100 = \(number);
      update reports.items set amount = -1 where item = 'item \(number)'
      """)
  }

  private mutating func pause(_ milliseconds: ClosedRange<Int>) async throws {
    try await Task.sleep(for: .milliseconds(Int.random(in: milliseconds, using: &random)))
  }

  private mutating func hang(_ server: Sandbox.Server) async throws {
    pair.pause(server)
    try await pause(100...1500)
    pair.resume(server)
  }

  private func crash(_ psql: (String) throws -> String) throws {
    let processes = try? psql(
      "select pid from pg_stat_activity where \(Self.ours) order by random() limit 1")
    if let process = processes.flatMap({ pid_t($0) }) { kill(process, SIGKILL) }
  }

  private mutating func silence(_ proxy: SocketProxy) async throws {
    proxy.become(.silence)
    try await pause(100...1500)
    proxy.become(.none)
    // What was swallowed never comes: a network that is back answers such a connection with a reset.
    proxy.cutAll()
  }

  private mutating func hold(_ statement: String) async throws {
    let gate = try await Gate(project.database.primary, lock: statement)
    try await pause(100...1500)
    await gate.open()
  }
}
