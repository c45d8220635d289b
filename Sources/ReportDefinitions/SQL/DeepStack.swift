import Glibc
import ReportModel
import Synchronization

/// Threads with a stack deep enough for PostgreSQL's parser.
///
/// libpg_query recurses into a sum once for each term and has no limit of its own: 200 kB of `1+1+1…` overflows the
/// usual 8 MiB and kills the process. Half a gigabyte holds a text of `SourceFile.limitBytes` (only pages that are
/// touched count as memory).
enum DeepStack {
  static let stackBytes = 512 << 20

  /// The results in the order of the items; several threads where there is work for them.
  ///
  /// - Throws: a diagnostic when the system gives no thread.
  static func map<Item: Sendable, Value: Sendable>(
    _ items: [Item], _ transform: @escaping @Sendable (Item) -> Value
  ) throws(Diagnostic) -> [Value] {
    let work = Work(items, transform)
    let wanted = max(1, min(items.count / 4, sysconf(Int32(_SC_NPROCESSORS_ONLN)), 8))
    var threads: [pthread_t] = []
    while threads.count < wanted, let thread = start(work.run) { threads.append(thread) }
    guard !threads.isEmpty || items.isEmpty else {
      throw Diagnostic(
        .error, "could not start a thread with a stack of \(stackBytes >> 20) MiB",
        hint: "Raise the limit of virtual memory; see \"ulimit -v\".")
    }
    for thread in threads { pthread_join(thread, nil) }
    return work.values
  }

  private static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return nil }
    defer { pthread_attr_destroy(&attributes) }
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
