import Foundation
import TestSupport
import Testing

/// The shop: what reports read, and `shop.gate`, at which a query waits while a test holds the gate's key.
private let shop = """
  create schema shop;
  create table shop.sale (id int primary key, day date, item text, amount numeric(10,2));
  create function shop.gate(key int) returns boolean language plpgsql as $$
    begin perform pg_catalog.pg_advisory_xact_lock_shared(key); return true; end $$;
  grant usage on schema shop to reportgen_reader, reportgen_owner;
  grant select on all tables in schema shop to reportgen_reader;
  insert into shop.sale values (1, '2024-03-01', 'Чай', 10.50), (2, '2024-03-01', 'Mug', 7),
    (3, '2024-03-02', 'Чай', 21), (4, null, null, 1.25)
  """

/// Runs the body with a project that has one report, `total`, on the pair that all tests share or on another.
///
/// - Parameter published: `total` was run, and a sale came in since: the next run has something to change.
nonisolated(nonsending) func withProject<R>(
  on pair: TestPair? = nil, published: Bool = true, _ body: (CommandProject) async throws -> R
) async throws -> R {
  await Turnstile.shared.enter()
  defer { Task { await Turnstile.shared.leave() } }
  return try await temporaryDirectory { folder in
    func inDatabase(_ database: TestDatabase) async throws -> R {
      let project = CommandProject(folder: folder, database: database)
      try project.configure()
      try project.report("total", sql: Samples.totalSQL, Samples.totalYAML)
      _ = try project.onPrimary(shop)
      try await database.waitForReplay()
      if published {
        try await project.succeed("init")
        try await project.succeed("run", "total")
        _ = try project.onPrimary("insert into shop.sale values (9, '2024-03-03', 'Mug', 100)")
        try await database.waitForReplay()
      }
      return try await body(project)
    }
    if let pair { return try await pair.withDatabase(inDatabase) }
    return try await withDatabase(inDatabase)
  }
}

/// Runs the body with a project of files alone: no server is behind it.
nonisolated(nonsending) func withDefinitions<R>(_ body: (CommandProject) async throws -> R) async throws -> R
{
  try await temporaryDirectory { folder in
    let project = CommandProject(folder: folder, database: nil)
    try project.configure(replica: "host=/nowhere", primary: "host=/nowhere")
    try project.report("total", sql: Samples.totalSQL, Samples.totalYAML)
    return try await body(project)
  }
}

/// Lets a few projects be worked on at once: each has a database, servers' sessions and processes of its own.
private actor Turnstile {
  static let shared = Turnstile()
  private var free = 4
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func enter() async {
    if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
  }

  func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}

/// Definitions that several tests use.
enum Samples {
  static let totalSQL = """
    select sale.item, sum(sale.amount) as amount, count(*) as sales
    from shop.sale as sale group by sale.item
    """
  static let totalYAML = """
    title: Total
    materialize: {as: table, table: reports.total, unique_key: [item]}
    """

  /// One row a sale, so that rows can be found again; waits at gate 1 before its first row.
  static let gatedSQL = """
    select sale.id, sale.item, sale.amount from shop.sale as sale where shop.gate(1)
    """
  static let gatedYAML = """
    title: Gated
    materialize: {as: table, table: reports.gated, unique_key: [id]}
    checks:
      - sql: select id from :staging where not shop.gate(2)
    """
}
