import Foundation
import Sandbox
import TestSupport
import Testing

/// A project in a folder of its own, with a small shop in a database of its own, and the command run in it.
struct CommandProject: Sendable {
  let folder: String
  private let servers: TestDatabase?
  /// Over what the test process has.
  var environment: [String: String] = [:]

  init(folder: String, database: TestDatabase?) {
    self.folder = folder
    servers = database
  }

  /// - Precondition: the project has servers.
  var database: TestDatabase {
    guard let servers else { preconditionFailure("a project of files alone has no database") }
    return servers
  }

  // MARK: Files

  var output: String { folder + "/out" }

  func write(_ text: String, to file: String) throws {
    let url = URL(filePath: folder).appending(path: file)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func report(_ name: String, sql: String, _ yaml: String) throws {
    try write(sql + "\n", to: "reports/\(name).sql")
    try write(yaml + "\n", to: "reports/\(name).yaml")
  }

  /// The files of a report, all of which are owed then.
  func removeFiles(_ report: String) throws {
    try FileManager.default.removeItem(atPath: output + "/" + report)
  }

  func text(_ file: String) throws -> String {
    try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
  }

  /// Environment `test`, the default: the readers' and writers' own roles, as in production.
  func configure(
    replica: String? = nil, primary: String? = nil, owner: String = "reportgen_owner",
    onLag: String = "{wait: 30s, then: fail}", more: String = ""
  ) throws {
    let replica = replica ?? servers?.conninfo(.replica, user: "reportgen_reader") ?? ""
    let primary = primary ?? servers?.conninfo(.primary, user: "reportgen_writer") ?? ""
    try write(
      """
      timezone: Europe/Moscow
      default_env: test
      environments:
        test:
          replica: \(replica)
          primary: \(primary)
          owner: \(owner)
          on_lag: \(onLag)
      \(more)
      """, to: "reportgen.yaml")
  }

  // MARK: The command

  func start(_ arguments: [String]) throws -> Running {
    try Running(arguments + ["--project", folder], environment: environment, directory: folder)
  }

  func run(_ arguments: String...) async throws -> Reportgen.Outcome { try await run(arguments) }

  func run(_ arguments: [String]) async throws -> Reportgen.Outcome {
    var outcome = try await start(arguments).outcome()
    outcome.output = normalized(outcome.output)
    outcome.error = normalized(outcome.error)
    return outcome
  }

  /// Runs a command that has to end with 0 and without a word on standard error.
  @discardableResult
  func succeed(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws
    -> String
  {
    let outcome = try await run(arguments)
    #expect(outcome.error == "", sourceLocation: sourceLocation)
    try #require(outcome.status == 0, "\(outcome.error)", sourceLocation: sourceLocation)
    return outcome.output
  }

  /// Runs a command that has to fail as Tests/Golden/faults/NAME.txt says, and has to change nothing published.
  func expectFault(
    _ name: String, _ arguments: String..., unchanged: Bool = true,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = unchanged ? try state() : nil
    let outcome = try await run(arguments)
    try expectGolden(
      "exit \(outcome.status)\n\(outcome.error)", "faults/\(name).txt", sourceLocation: sourceLocation)
    guard let before else { return }
    #expect(try state().changes(since: before) == [], sourceLocation: sourceLocation)
    try await expectNothingLeft(sourceLocation: sourceLocation)
  }

  /// Paths, names, positions and times that differ from run to run are given names.
  func normalized(_ text: String) -> String {
    var text = text.replacing(folder, with: "PROJECT")
    if let servers {
      text = text.replacing(servers.pair.socketDirectory, with: "SOCKETS").replacing(
        servers.name, with: "DATABASE")
    }
    return text.replacing(/\/tmp\/reportgen-test-\w+\/folder-\w+/, with: "FOLDER")
      .replacing(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, with: "UUID")
      .replacing(/\b\d{18,20}\b/, with: "SYSTEM")
      .replacing(/(out\/[a-z-]+\/)\d{4}-\d\d-\d\d/) { "\($0.1)DAY" }
      .replacing(/\b[0-9A-F]{1,8}\/[0-9A-F]{5,8}\b/, with: "LSN")
      .replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [A-Z]{3,4}/, with: "TIME")
      .replacing(
        /\(since (\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d, host \S+, pid \d+\)/,
        with: "(since TIME, host HOST, pid PID)")
  }

  // MARK: Oracles

  /// The newest CSV is what PostgreSQL's own COPY gives of the published rows.
  func expectFile(
    _ report: String, order: String, where condition: String = "true",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let table = "reports." + report.replacing("-", with: "_")
    let expected = try onPrimary(
      "copy (select * from \(table) where \(condition) order by \(order)) to stdout (format csv, header)")
    let file = try text("out/\(report)/latest/\(report).csv")
    // Not the texts: they can have millions of lines.
    #expect((file == expected + "\n") as Bool, "\(report).csv", sourceLocation: sourceLocation)
  }

  /// The published rows are what psql computes from the same SQL on the primary, to the digit, each as often.
  func expectRows(
    _ expected: [(table: String, sql: String)], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let differences = expected.map { table, sql in
      let (published, computed) = ("select t::text from \(table) t", "select q::text from (\(sql)) q")
      return """
        select '\(table) has ' || row from (\(published) except all \(computed)) d (row)
        union all select '\(table) lacks ' || row from (\(computed) except all \(published)) d (row)
        """
    }
    let found = try onPrimary(differences.joined(separator: " union all ") + " limit 10")
    #expect(found == "", sourceLocation: sourceLocation)
  }

  func expectRows(_ table: String, _ sql: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    try expectRows([(table, sql)], sourceLocation: sourceLocation)
  }

  /// Report `daily`: yesterday and the day before, both closed.
  func daily(lookback: Int = 0) throws {
    let start = try onPrimary("select (now() at time zone 'Europe/Moscow')::date - 2")
    try report(
      "daily",
      sql: """
        select day.day::date as day, coalesce(sum(sale.amount), 0) as amount
        from pg_catalog.generate_series(:start, :end - 1, interval '1 day') as day
        left join shop.sale as sale on sale.day = day.day::date
        group by day.day
        """,
      """
      title: Daily
      period: day
      start: \(start)
      materialize: {as: incremental, table: reports.daily, time_column: day, unique_key: [day], lookback: \(lookback)}
      """)
  }

  // MARK: The servers

  func onPrimary(_ sql: String) throws -> String { try psql(database.primary, sql) }
  func onReplica(_ sql: String) throws -> String { try psql(database.replica, sql) }
}
