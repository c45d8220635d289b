import Dispatch
import Glibc
import ReportModel
import Synchronization

/// Threads with a stack deep enough for PostgreSQL's parser.
///
/// libpg_query recurses into a sum once for each term and has no limit of its own: 200 kB of `1+1+1…` overflows the
/// usual 8 MiB and kills the process. Half a gigabyte holds a text of `SourceFile.limitBytes` (only pages that are
/// touched count as memory).
/// Threads are kept for later calls. A transform must not call `map`: it could wait for the thread it runs on.
enum DeepStack {
  static let stackBytes = 512 << 20

  /// Calls `transform` for each item, on one thread for every four items, at most one a processor and eight.
  ///
  /// - Returns: the results in the order of the items.
  /// - Throws: a diagnostic when no thread could be started.
  static func map<Item: Sendable, Value: Sendable>(
    _ items: [Item], _ transform: @escaping @Sendable (Item) -> Value
  ) throws(Diagnostic) -> [Value] {
    let work = Work(items, transform)
    let wanted = max(1, min(items.count / 4, sysconf(Int32(_SC_NPROCESSORS_ONLN)), maxThreads))
    let running = DispatchGroup()
    for number in 0..<wanted {
      running.enter()
      let isTaken = pool.run {
        work.run()
        running.leave()
      }
      guard !isTaken else { continue }
      running.leave()
      guard number > 0 || items.isEmpty else {
        throw Diagnostic(
          .error, "could not start a thread with a stack of \(stackBytes >> 20) MiB",
          hint: "Raise the limit of virtual memory; see \"ulimit -v\".")
      }
      break
    }
    running.wait()
    return work.values
  }

  private static let maxThreads = 8
  private static let pool = Pool()

  /// Threads are reused, not ended: libpg_query takes one of the process's 1,024 thread-specific keys in each thread
  /// that calls it and never releases it, and without a free key OpenSSL fails to initialize.
  private final class Pool: Sendable {
    private struct State {
      var waiting: [(id: Int, body: @Sendable () -> Void)] = []
      var next = 0
      var threads = 0
      var starting = 0
      var busy = 0
    }

    private let state = Mutex(State())
    private let hasWork = DispatchSemaphore(value: 0)

    /// - Returns: false when there is no thread, and none could be started.
    func run(_ body: @escaping @Sendable () -> Void) -> Bool {
      let (id, mayStart) = state.withLock { state in
        state.next += 1
        state.waiting.append((state.next, body))
        let threads = state.threads + state.starting
        let mayStart = state.busy + state.waiting.count > threads && threads < maxThreads
        if mayStart { state.starting += 1 }
        return (state.next, mayStart)
      }
      if mayStart {
        let isStarted = start({ self.work() }) != nil
        let isAlone = state.withLock { state in
          state.starting -= 1
          state.threads += isStarted ? 1 : 0
          guard state.threads == 0 else { return false }
          state.waiting.removeAll { $0.id == id }
          return true
        }
        if isAlone { return false }
      }
      hasWork.signal()
      return true
    }

    private func work() {
      while true {
        hasWork.wait()
        let body = state.withLock { state in
          state.busy += 1
          return state.waiting.removeFirst().body
        }
        body()
        state.withLock { $0.busy -= 1 }
      }
    }
  }

  private static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return nil }
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    guard pthread_attr_setstacksize(&attributes, stackBytes) == 0 else { return nil }
    let box = Unmanaged.passRetained(Box(body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, box.toOpaque())
    guard status == 0 else {
      box.release()
      return nil
    }
    return thread
  }

  private final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private final class Work<Item: Sendable, Value: Sendable>: Sendable {
    private let items: [Item]
    private let transform: @Sendable (Item) -> Value
    private let next = Atomic<Int>(0)
    private let results: Mutex<[Value?]>

    init(_ items: [Item], _ transform: @escaping @Sendable (Item) -> Value) {
      self.items = items
      self.transform = transform
      self.results = Mutex([Value?](repeating: nil, count: items.count))
    }

    @Sendable func run() {
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < items.count else { return }
        let value = transform(items[index])
        results.withLock { $0[index] = value }
      }
    }

    var values: [Value] { results.withLock { $0.compactMap { $0 } } }
  }
}
