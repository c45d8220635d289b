import Glibc
import ReportModel

/// Runs an actor's jobs on one thread of its own, so that a job may block in `poll`.
///
/// The thread retains the executor until `stop`. Without jobs it waits on a condition variable.
final class ThreadExecutor: SerialExecutor, @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  // The mutex guards everything below.
  private var jobs: [UnownedJob] = []
  private var isStopping = false
  private var thread: pthread_t?

  init() throws {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
    try startThread { self.work() }
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    locked {
      jobs.append(job)
      pthread_cond_signal(condition)
    }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  func checkIsolated() {
    let thread = locked { self.thread }
    precondition(
      thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false, "not on the connection's thread")
  }

  /// Ends the thread after the jobs that are already enqueued; later ones never run.
  func stop() {
    locked {
      isStopping = true
      pthread_cond_signal(condition)
    }
  }

  private func work() {
    locked { thread = pthread_self() }
    while let batch = nextBatch() {
      for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }
  }

  private func nextBatch() -> [UnownedJob]? {
    locked {
      while jobs.isEmpty && !isStopping { pthread_cond_wait(condition, mutex) }
      defer { jobs = [] }
      return jobs.isEmpty ? nil : jobs
    }
  }

  private func locked<Value>(_ body: () -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}

/// Runs `body` on a new detached thread.
///
/// - Throws: `SystemError` when the thread cannot be created.
func startThread(_ body: @escaping @Sendable () -> Void) throws {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = Unmanaged.passRetained(Box(body))
  var thread = pthread_t()
  let code = pthread_create(
    &thread, nil,
    { context in
      if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
      return nil
    }, box.toOpaque())
  guard code == 0 else {
    box.release()
    throw SystemError(doing: "start a thread", code: code)
  }
  pthread_detach(thread)
}
