import Foundation
import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Who reads a summary table, on the primary or on the replica, notices nothing of a publish but its rows.
@Suite struct ReaderTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var yaml: String
    var sql = Definition.sql
    var options = RunOptions(dates: ReaderTests.days, allowShrink: true)
    /// What happens before each publish.
    var steps = ReaderTests.changes
    /// What readers ask for of each row.
    var columns = "r.id, r.day, r.currency, r.amount"
    /// Rows alone lock nobody out: any wait is an error. DDL may take moments.
    var lockTimeout = "1ms"
    var testDescription: String { name }
  }

  enum Step: Sendable {
    case rows(String)
    case definition(String, String)
  }

  static let days = Definition.range("2024-01-01", "2024-01-04")
  static let changes: [Step] = [
    .rows("update src.sale set amount = amount + 1"),
    .rows("delete from src.sale where id % 7 = 0; update src.sale set currency = 'ж' where id % 3 = 0"),
    .rows(
      "insert into src.sale (id, day, amount) select n, '2024-01-02', 5 from generate_series(5001, 5500) n"),
    .rows("select"),
  ]
  static let more = Definition.sql.replacing("sale.amount", with: "sale.amount, sale.note, sale.at")
  static let rebuilding = key + ", on_schema_change: rebuild"
  static let key = "unique_key: [id], grants: {select: [superset]}"

  static let cases = [
    Case(name: "incremental", yaml: Definition.daily(key)),
    Case(name: "incremental without a key", yaml: Definition.daily("grants: {select: [superset]}")),
    Case(
      name: "full replace", yaml: Definition.whole(key), sql: Definition.wholeSQL,
      options: RunOptions(allowShrink: true)),
    Case(
      name: "full refresh", yaml: Definition.daily(key + ", batch: 10000"),
      options: RunOptions(dates: .fullRefresh, allowShrink: true)),
    Case(
      name: "merge", yaml: Definition.daily(key + ", delete: interval", kind: "merge"),
      options: RunOptions(dates: Definition.day("2024-01-02"), allowShrink: true)),
    Case(
      name: "columns, indexes, grants and comments are added", yaml: Definition.daily(key),
      steps: [
        .definition(Definition.daily(key + ", indexes: [[day], [currency, amount]]"), Definition.sql),
        .definition(
          Definition.daily(
            "unique_key: [id], on_schema_change: add, grants: {select: [public], insert: [superset]}"),
          more),
        .definition(
          Definition.daily(
            "unique_key: [id, day], grants: {select: [superset]}",
            rest: "description: Other words.\ncolumns: {note: {description: A note.}}"),
          more),
      ], lockTimeout: "60s"),
    Case(
      name: "rebuild", yaml: Definition.daily(rebuilding),
      steps: [
        .definition(
          Definition.daily(rebuilding),
          Definition.sql.replacing("sale.amount", with: "sale.amount::text as amount, sale.id * 2 as twice")),
        .definition(Definition.daily(rebuilding), Definition.sql.replacing("sale.currency, ", with: "")),
        .definition(
          Definition.daily(rebuilding + ", indexes: [[amount]]"),
          Definition.sql.replacing("sale.currency", with: "sale.currency || '!' as currency")),
      ], columns: "r.*", lockTimeout: "60s"),
  ]

  @Test("each answer is the whole before or the whole after, and no lock is waited for", arguments: cases)
  func publishes(_ given: Case) async throws {
    try await withProject { project in
      try await Self.fill(project)
      try await project.define("sale", given.yaml, sql: given.sql)
      #expect(try await project.outcome("sale", given.options).text == "")
      let question =
        "select count(*), md5(string_agg(row(\(given.columns))::text, ',' order by r.id)) from reports.sale r"
      try await Self.watch(project, question, lockTimeout: given.lockTimeout) { step in
        switch given.steps[step] {
        case .rows(let change): try await project.execute(change)
        case .definition(let yaml, let sql): try await project.define("sale", yaml, sql: sql)
        }
        let outcome = try await project.outcome("sale", given.options)
        #expect(outcome.status == .done)
        return step + 1 < given.steps.count
      }
    }
  }

  @Test("appended intervals come whole")
  func append() async throws {
    try await withProject { project in
      try await Self.fill(project)
      try await project.define("sale", Definition.daily("grants: {select: [superset]}", kind: "append"))
      try await project.publish("sale", Definition.day("2024-01-01"))
      let question = "select count(*), sum(r.id), max(r.day) from reports.sale r"
      try await Self.watch(project, question) { step in
        try await project.publish("sale", Definition.day("2024-01-0\(step + 2)"))
        return step == 0
      }
    }
  }

  @Test("a view is replaced between two answers")
  func view() async throws {
    try await withProject { project in
      try await Self.fill(project)
      try await project.define("sale", Definition.daily(Self.key))
      try await project.publish("sale", Self.days)
      func define(_ factor: Int, _ more: String) async throws {
        try await project.define(
          "seen", "materialize: {as: view, table: reports.seen, grants: {select: [superset]}}\nexport: {}",
          sql: "select sale.id, sale.amount * \(factor) as amount\(more) from reports.sale as sale")
        try await project.publish("seen")
      }
      try await define(1, "")
      try await Self.watch(project, "select count(*), sum(r.amount) from reports.seen r", lockTimeout: "60s")
      {
        step in
        try await define(step + 2, step >= 2 ? ", sale.day" : "")
        return step < 3
      }
    }
  }

  private static func fill(_ project: EngineProject) async throws {
    try await project.execute(
      """
      insert into src.sale (id, day, currency, amount)
        select n, date '2024-01-01' + n % 3, 'RUB', n from generate_series(1, 3000) n;
      """)
  }

  /// Lets readers ask while one publish comes after the other.
  ///
  /// - Parameter publish: publishes for the step; false when it was the last one.
  private static func watch(
    _ project: EngineProject, _ question: String, lockTimeout: String = "1ms",
    _ publish: (Int) async throws -> Bool
  ) async throws {
    // A vacuum that cuts off empty pages does lock readers out.
    try await project.execute(
      "grant usage on schema reports to superset; alter table reports.sale set (autovacuum_enabled = off)")
    try await project.database.waitForReplay()
    var states = [try await project.rows(question)]
    let readers = Readers(project, question, lockTimeout: lockTimeout)
    try await readers.wait(for: states[0])
    var step = 0
    var goesOn = true
    while goesOn {
      goesOn = try await publish(step)
      let state = try await project.rows(question)
      if state != states.last { states.append(state) }
      try await readers.wait(for: state)
      step += 1
    }
    for seen in try await readers.end() { #expect(seen == states) }
  }

  @Test("reruns leave no dead row in the catalogs")
  func churn() async throws {
    try await withProject { project in
      try await Self.fill(project)
      try await project.define("sale", Definition.daily(Self.key + ", indexes: [[day]]", export: ""))
      func changes() async throws -> String {
        try await project.wait(
          """
          select where not exists (
            select from pg_stat_activity where application_name = 'engine of \(project.database.name)')
          """)
        _ = try await project.admin.query("select pg_stat_force_next_flush()")
        return try await project.rows(
          """
          select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_sys_tables
          where relid in (select oid from pg_class where not relisshared) and relname not like 'pg_statistic%'
            and n_tup_ins + n_tup_upd + n_tup_del > 0
          order by 1
          """)
      }
      let untouched = try await changes()
      // The first run makes the table, the second one the staging table of all that follow.
      for _ in 0..<2 { try await project.publish("sale", Self.days) }
      let before = try await changes()
      #expect(before != untouched)
      for run in 1...50 {
        if run % 2 == 0 {
          try await project.execute("update src.sale set amount = amount + 1 where id % 5 = 0")
        }
        try await project.publish("sale", Self.days)
      }
      let after = try await changes()
      #expect(after == before)
    }
  }
}
