import Foundation
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Two weeks of nights as they are: some are missed, rows come late, a day is wrong until somebody mends it, a
/// definition changes. At the end everything is as if it had been computed once, from the rows of the end.
@Suite struct FortnightTests {
  static let nights = 14
  static let missed: Set = [3, 4, 9]
  /// The day before the first of these nights is wrong, and mended before the night after the last.
  static let wrong = 6...7
  static let restated = 11
  /// Enough for a whole week to be over in the first night, whatever day of the week it is.
  static let daysBefore = 13

  @Test(
    "after a fortnight of nights every table is what one full computation gives, every interval confirmed once"
  )
  func fortnight() async throws {
    try await withProject { project in
      let start = project.day(-Self.daysBefore)
      for day in -4...0 { try await trade(project, until: day) }
      try await define(project, start: start)
      #expect(try await project.night(0, Self.names).status == .done)

      for night in 1...Self.nights {
        try await trade(project, until: night)
        if night == Self.restated { try await define(project, start: start, factor: 100) }
        guard !Self.missed.contains(night) else { continue }
        let result = try await project.night(night, Self.names, options(night))
        #expect(result.diagnostics == [])
        try expect(result, night: night, project)
      }
      try await expectComplete(project, start: start)
    }
  }

  // MARK: The reports

  /// `daily` is read by `weekly`, that by `total`; `log` is appended to; `recent` forgets.
  static let names = ["daily", "weekly", "total", "log", "recent"]

  private func define(
    _ project: EngineProject, start: CalendarDate, factor: Int = 1, suffix: String = ""
  ) async throws {
    func daily(_ name: String, _ kind: String, _ keys: String, _ rest: String) -> String {
      """
      period: day
      start: \(start)
      materialize: {as: \(kind), table: reports.\(name)\(suffix), time_column: day, \(keys)}
      \(rest)
      """
    }
    try await project.define(
      "daily\(suffix.replacing("_", with: "-"))",
      daily(
        "daily", "incremental", "unique_key: [day, currency], lookback: 3, batch: 4",
        "checks: [{range: {column: amount, min: 0}}]\nexport: {csv: {}, keep: 4}"),
      sql: """
        select sale.day, sale.currency, sum(sale.amount) * \(factor) as amount, count(*) as sales
        from src.sale as sale
        where sale.day >= :start and sale.day < :end
        group by 1, 2
        """)
    try await project.define(
      "weekly\(suffix.replacing("_", with: "-"))",
      """
      period: week
      start: \(start)
      materialize: {as: incremental, table: reports.weekly\(suffix), time_column: week, unique_key: [week], lookback: 1}
      export: {}
      """,
      sql: """
        select date_trunc('week', daily.day::timestamp)::date as week, sum(daily.amount) as amount
        from reports.daily\(suffix) as daily
        where daily.day >= :start and daily.day < :end
        group by 1
        """)
    try await project.define(
      "total\(suffix.replacing("_", with: "-"))",
      "materialize: {as: table, table: reports.total\(suffix)}\nexport: {}",
      sql: "select sum(weekly.amount) as amount from reports.weekly\(suffix) as weekly")
    try await project.define(
      "log\(suffix.replacing("_", with: "-"))", daily("log", "append", "unique_key: [id]", "export: {}"),
      sql: "select log.id, log.day from src.log as log where log.day >= :start and log.day < :end")
    try await project.define(
      "recent\(suffix.replacing("_", with: "-"))",
      daily("recent", "incremental", "unique_key: [id], lookback: 3, retention: 5 days", "export: {}"),
      sql: Definition.sql)
  }

  // MARK: The nights

  private func options(_ night: Int) -> RunOptions {
    RunOptions(dates: night == Self.restated ? .restate : .missing)
  }

  /// What happened in the source until a night: the day before brought sales, some of the days before came late, some
  /// were corrected, some cancelled.
  private func trade(_ project: EngineProject, until night: Int) async throws {
    func day(_ offset: Int) -> String { "'\(project.day(night - offset))'" }
    let number = night + 10
    try await project.execute(
      """
      create table if not exists src.log as select id, day from src.sale;
      insert into src.sale (id, day, currency, amount)
        select \(number) * 100 + k, \(day(1)), (array['RUB', 'USD', null])[1 + k % 3], 10 + k from generate_series(1, 9) k;
      insert into src.sale (id, day, currency, amount)
        select \(number) * 100 + 50 + k, date \(day(2)) - k, 'EUR', 1 from generate_series(0, 1) k;
      update src.sale set amount = amount + 0.25 where day in (\(day(2)), \(day(3))) and id % 4 = \(number % 4);
      delete from src.sale where day = \(day(3)) and id % 100 = \(number % 9);
      insert into src.log select \(number) * 100 + k, \(day(1)) from generate_series(1, 3) k;
      grant select on src.log to reportgen_reader
      """)
    if night == Self.wrong.lowerBound {
      try await project.execute(
        "insert into src.sale (id, day, currency, amount) values (-1, \(day(1)), 'RUB', -100000)")
    }
    if night == Self.wrong.upperBound + 1 {
      try await project.execute("update src.sale set amount = 5 where id = -1")
    }
  }

  private func expect(_ result: RunResult, night: Int, _ project: EngineProject) throws {
    let states = Dictionary(uniqueKeysWithValues: result.reports.map { ($0.report.name, $0) })
    let daily = try #require(states["daily"])
    let isWrong = Self.wrong.contains(night)
    #expect(
      daily.failedIntervals.map(\.start) == (isWrong ? [project.day(Self.wrong.lowerBound - 1)] : []),
      "\(night)")
    #expect(result.status == (isWrong ? .failed : .done), "\(night): \(result.reports.map(\.text))")
    #expect((states["weekly"]?.state == .skipped) == isWrong, "\(night)")
    #expect(daily.outdatedText == "", "\(night)")
    if night == Self.restated { #expect(daily.intervals.count == night + Self.daysBefore) }
    #expect(try #require(states["recent"]).expiredIntervals.count > 0, "\(night)")
  }

  // MARK: The end

  private func expectComplete(_ project: EngineProject, start: CalendarDate) async throws {
    // A changed daily sale changes the weeks that it is part of: what reads it is computed again, too.
    let after = try await project.night(Self.nights, ["weekly", "total"], RunOptions(dates: .fullRefresh))
    #expect(after.status == .done)
    try await define(project, start: start, factor: 100, suffix: "_new")
    let new = Self.names.map { $0 + "-new" }
    #expect(try await project.night(Self.nights, new).status == .done)
    for name in Self.names {
      #expect(
        try await project.difference("table reports.\(name)", "table reports.\(name)_new") == 0, "\(name)")
      #expect(try await project.count("table reports.\(name)") > 0, "\(name)")
    }
    let days = Self.daysBefore + Self.nights
    #expect(
      try await project.rows(
        """
        select i.report, count(*), count(distinct i.interval_start), min(i.interval_start), max(i.interval_end), max(i.state)
        from reportgen.interval i where i.report in ('daily', 'log') and state = 'confirmed' group by 1 order by 1
        """)
          == """
          daily|\(days)|\(days)|\(start)|\(project.day(Self.nights))|confirmed
          log|\(days)|\(days)|\(start)|\(project.day(Self.nights))|confirmed
          """)
    #expect(
      try await project.rows(
        "select state, count(*) from reportgen.interval where report = 'recent' group by 1 order by 1")
        == "confirmed|5\nexpired|\(Self.nights)")
    #expect(
      try await project.rows(
        """
        select count(*) from reportgen.interval i
        where row_count <> (select count(*) from reports.daily d where d.day = i.interval_start) and report = 'daily'
        """) == "0")
    let folders = try FileManager.default.contentsOfDirectory(atPath: project.output + "/daily").sorted()
    #expect(folders == project.days(Self.nights - 4, Self.nights - 1).map(\.description) + ["latest"])
  }
}
