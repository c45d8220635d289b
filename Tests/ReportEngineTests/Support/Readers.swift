import PostgresClient
import Synchronization
import TestSupport
import Testing

/// Sessions that ask the same question again and again, on the primary and on the replica, until they are stopped.
///
/// A reader that waits for a lock for longer than its `lock_timeout` ends with the server's error.
final class Readers: Sendable {
  /// What one session has seen: each answer that differs from the one before.
  private final class Log: Sendable {
    let answers = Mutex<[String]>([])
    let error = Mutex<(any Error)?>(nil)

    func add(_ answer: String) { answers.withLock { if $0.last != answer { $0.append(answer) } } }
  }

  private let logs: [Log]
  private let tasks: [Task<Void, Never>]
  private let stop = Stop()

  /// - Parameters:
  ///   - query: gives one row.
  ///   - lockTimeout: the bound that no wait for a lock may reach.
  init(_ project: EngineProject, _ query: String, lockTimeout: String) {
    // Two of each.
    let places = [false, false, true, true]
    let logs = places.map { _ in Log() }
    let stop = stop
    self.logs = logs
    tasks = zip(places, logs).map { isReplica, log in
      let conninfo = project.database.conninfo(isReplica ? .replica : .primary, user: "superset")
      return Task {
        do {
          let session = try await connect(conninfo, [SessionSetting("lock_timeout", lockTimeout)])
          while !stop.isNow {
            let row = try await session.query(query).rows[0]
            log.add(row.map { $0 ?? "null" }.joined(separator: "|"))
          }
          await session.close()
        } catch {
          log.error.withLock { $0 = error }
        }
      }
    }
  }

  /// Waits until every session has had the answer.
  ///
  /// - Throws: the error that a session met.
  func wait(for answer: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    for log in logs {
      try await waitFor("every reader to see \(answer)", sourceLocation: sourceLocation) {
        if let error = log.error.withLock({ $0 }) { throw error }
        return log.answers.withLock { $0.last } == answer
      }
    }
  }

  /// - Returns: for each session what it saw, in order.
  /// - Throws: the first error that a session met.
  func end() async throws -> [[String]] {
    stop.now()
    for task in tasks { await task.value }
    if let error = logs.lazy.compactMap({ $0.error.withLock { $0 } }).first { throw error }
    return logs.map { $0.answers.withLock { $0 } }
  }
}
