import CSpawn
import Foundation
import ReportModel
import Synchronization

/// A child process in a session of its own: no terminal, no signal from Ctrl-C, no open file but those given here.
///
/// A thread waits for it, so that it leaves no zombie when it dies: PostgreSQL's check of `postmaster.pid` takes a zombie
/// for a running server.
package final class ChildProcess: Sendable {
  /// Also the number of its session and process group.
  package let processID: pid_t
  private let state = Mutex(State())

  private struct State {
    var status: Int32?
    var waiters: [@Sendable (Int32) -> Void] = []
  }

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - input: A descriptor for standard input; nil for an empty one. No other descriptor is inherited.
  ///   - output: A descriptor for standard output, which the caller closes.
  ///   - error: The same for standard error.
  /// - Throws: `Diagnostic` when the program cannot be started.
  package init(_ command: Command, input: Int32? = nil, output: Int32, error: Int32) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, error, 2)
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    posix_spawn_file_actions_addchdir_np(&actions, command.directory)
    processID = try Self.spawn(command, &actions)
    Thread.detachNewThread { [self] in reap() }
  }

  /// The exit status as a shell reports it: 128 + N after signal N; nil while the process runs.
  package var exitStatus: Int32? { state.withLock { $0.status } }

  /// Waits for the end without blocking one of Swift's cooperative threads; cancellation does not end the wait.
  package func waitForExit() async -> Int32 {
    await withCheckedContinuation { waiter in onExit { waiter.resume(returning: $0) } }
  }

  /// Calls back once, from another thread, or at once if the process has ended.
  package func onExit(_ call: @escaping @Sendable (Int32) -> Void) {
    let known = state.withLock { state -> Int32? in
      if state.status == nil { state.waiters.append(call) }
      return state.status
    }
    if let known { call(known) }
  }

  /// Sends the signal unless the process has ended: another process may have its id by then.
  package func signal(_ number: Int32) {
    state.withLock { state in
      if state.status == nil { _ = kill(processID, number) }
    }
  }

  /// The same for the process and everything that it started and that is still in its process group.
  package func signalGroup(_ number: Int32) {
    state.withLock { state in
      if state.status == nil { _ = kill(-processID, number) }
    }
  }

  /// Sends SIGKILL to whatever is left of its session, in whichever process group; what began a session of its own is
  /// not reached.
  ///
  /// After the process has ended, too: its number belongs to the session as long as that has a process.
  package func killSession() {
    // One that is being created now shows in the next look.
    for _ in 0..<100 {
      let left = ProcessList.ofSession(processID)
      guard !left.isEmpty else { return }
      for process in left { _ = kill(process, SIGKILL) }
      usleep(2000)
    }
  }

  private func reap() {
    // Wait without reaping first, so that the id is not reused before the status is recorded under the lock.
    var information = siginfo_t()
    while waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
    let waiters = state.withLock { state in
      var status: Int32 = 0
      while waitpid(processID, &status, 0) < 0 && errno == EINTR {}
      let termination = status & 0x7f
      state.status = termination == 0 ? (status >> 8) & 0xff : 128 + termination
      defer { state.waiters = [] }
      return state.waiters.map { ($0, state.status ?? 0) }
    }
    for (call, status) in waiters { call(status) }
  }

  private static func spawn(_ command: Command, _ actions: inout posix_spawn_file_actions_t) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The command ignores SIGINT, since it uses a signal source; ignored signals would stay ignored after exec.
    var all = sigset_t()
    var none = sigset_t()
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    let flags = Int32(rg_spawn_setsid) | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    posix_spawnattr_setflags(&attributes, Int16(flags))
    let arguments = makeCStrings([command.executable] + command.arguments)
    let environment = makeCStrings(command.environmentList)
    defer { for text in arguments + environment { free(text) } }
    var processID: pid_t = 0
    let failure = posix_spawn(&processID, command.executable, &actions, &attributes, arguments, environment)
    guard failure == 0 else {
      throw SystemError("start", command.executable, errno: failure).diagnostic()
    }
    return processID
  }

  private static func makeCStrings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    texts.map { strdup($0) } + [nil]
  }
}
