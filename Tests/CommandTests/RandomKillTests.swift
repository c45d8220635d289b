import Foundation
import TestSupport
import Testing

@Suite("Kills at random moments")
struct RandomKillTests {
  static let rounds = 60

  /// Three levels: rows, days of them, a total over both.
  private func makeReports(_ project: CommandProject) throws {
    let today = try project.onPrimary("select (now() at time zone 'Europe/Moscow')::date")
    let first = try project.onPrimary("select date '\(today)' - 4")
    _ = try project.onPrimary(
      "insert into shop.sale select n, date '\(first)' + n % 4, 'item ' || n % 7, n from generate_series(100, 2000) n"
    )
    try project.report(
      "lines", sql: "select sale.id, sale.day, sale.item, sale.amount from shop.sale as sale",
      "title: Lines\nmaterialize: {as: table, table: reports.lines, unique_key: [id]}")
    try project.report(
      "days",
      sql: """
        select lines.day, lines.item, sum(lines.amount) as amount from reports.lines as lines
        where lines.day >= :start and lines.day < :end group by lines.day, lines.item
        """,
      """
      title: Days
      period: day
      start: \(first)
      materialize: {as: incremental, table: reports.days, time_column: day, unique_key: [day, item], lookback: 9}
      """)
    try project.report(
      "sums",
      sql: """
        select days.item, sum(days.amount) as amount,
          (select count(*) from reports.lines as lines where lines.item = days.item) as lines
        from reports.days as days group by days.item
        """,
      "title: Sums\nmaterialize: {as: table, table: reports.sums}")
  }

  @Test("whatever is killed, and whenever: the next run makes everything right")
  func kill() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try makeReports(project)
      try await project.database.waitForReplay()
      let began = ContinuousClock.now
      try await project.succeed("run", "lines", "days", "sums")
      let usual = ContinuousClock.now - began
      var random = SplitMix64(state: 20_261_122)
      for round in 0..<Self.rounds {
        try mutate(project, &random)
        let run = try project.start(["run", "lines", "days", "sums"])
        // The moment is what the test is about.
        try await Task.sleep(for: usual * Double.random(in: 0...1.1, using: &random))
        switch random.next() % 10 {
        case 0:
          try await pair.killReplica()
          try await pair.startReplica()
        case 1:
          try await pair.killPrimary()
          try await pair.startPrimary()
        default:
          run.signal(SIGKILL)
        }
        // After a server's return the run may end well by itself, or ask for another.
        let outcome = try await run.outcome()
        let isOwing = outcome.status == 1 && outcome.error.contains("error: could not export ")
        #expect(
          isOwing || [0, 69, 75, 128 + SIGKILL].contains(outcome.status), "round \(round): \(outcome.error)")
        try await expectRight(project, round)
      }
    }
    try await pair.stop()
  }

  private func mutate(_ project: CommandProject, _ random: inout SplitMix64) throws {
    let (low, high) = (Int(random.next() % 1800) + 100, Int(random.next() % 300))
    _ = try project.onPrimary(
      """
      update shop.sale set amount = amount + 1 where id between \(low) and \(low + high / 3);
      delete from shop.sale where id between \(low) and \(low + high / 9);
      insert into shop.sale select n, (select max(day) from shop.sale), 'item ' || n % 7, n
        from generate_series(\(low), \(low + high / 9)) n on conflict do nothing
      """)
  }

  private func expectRight(_ project: CommandProject, _ round: Int) async throws {
    var outcome = try await project.run("run", "lines", "days", "sums", "--lock-wait", "20s")
    // A server that was just started may still refuse sessions, or not stream yet.
    for _ in 0..<3 where outcome.status == 75 || outcome.status == 69 {
      outcome = try await project.run("run", "lines", "days", "sums", "--lock-wait", "20s")
    }
    #expect(outcome.status == 0, "round \(round): \(outcome.error)")
    let days =
      "select day, item, sum(amount) as amount from shop.sale where day > '2025-01-01' group by day, item"
    try project.expectRows([
      ("reports.lines", "select id, day, item, amount from shop.sale"), ("reports.days", days),
      (
        "reports.sums",
        """
        select d.item, sum(d.amount) as amount, (select count(*) from shop.sale s where s.item = d.item) as lines
        from (\(days)) d group by d.item
        """
      ),
    ])
    try project.expectFile("lines", order: "id")
    try project.expectFile("days", order: "day, item", where: "day = (select max(day) from reports.days)")
    try await project.expectNothingLeft("round \(round)")
  }
}
