import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// An interval holds the rows whose local day is one of its own, wherever clocks are turned, and whatever time zone the
/// servers and the roles have.
@Suite struct TimeZoneTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var zone: String
    var period = "day"
    /// A day with something special, and the hours of its interval.
    var days: [(day: String, hours: Double)]
    var testDescription: String { "\(zone), \(period)" }
  }

  static let cases = [
    Case(zone: "UTC", days: [("2024-02-29", 24)]),
    Case(zone: "Europe/Moscow", days: [("2024-03-31", 24), ("2024-10-27", 24), ("2024-02-29", 24)]),
    Case(zone: "Europe/Berlin", days: [("2024-03-31", 23), ("2024-10-27", 25)]),
    Case(zone: "America/New_York", days: [("2024-03-10", 23), ("2024-11-03", 25), ("2024-12-31", 24)]),
    Case(zone: "Asia/Kathmandu", days: [("2024-01-01", 24), ("2024-02-29", 24)]),
    // Midnight is skipped in spring; in autumn the last hour of the day before comes twice.
    Case(zone: "Africa/Cairo", days: [("2024-04-26", 23), ("2024-10-31", 25), ("2024-11-01", 24)]),
    // Midnight comes twice.
    Case(zone: "America/Havana", days: [("2024-11-02", 24), ("2024-11-03", 25), ("2024-03-10", 23)]),
    Case(zone: "Atlantic/Azores", days: [("2024-10-26", 24), ("2024-10-27", 25)]),
    // Half an hour forth and back.
    Case(zone: "Australia/Lord_Howe", days: [("2024-04-07", 24.5), ("2024-10-06", 23.5)]),
    Case(zone: "Europe/Moscow", period: "month", days: [("2024-02-15", 696)]),
    Case(
      zone: "Europe/Berlin", period: "week",
      days: [("2024-03-28", 167), ("2024-10-24", 169), ("2024-12-31", 168)]),
    Case(
      zone: "America/New_York", period: "month",
      days: [("2024-02-29", 696), ("2024-11-15", 721), ("2024-12-31", 744)]),
    Case(zone: "Africa/Cairo", period: "month", days: [("2024-04-30", 719), ("2024-10-01", 745)]),
  ]

  /// Quarter-hourly events around the days, so that an interval's number of rows is four times its hours.
  private static func events(_ given: Case) -> String {
    let days = given.days.map { "'\($0.day)'" }.joined(separator: ", ")
    let around = ["day": 4, "week": 12, "month": 40][given.period] ?? 0
    return """
      create table src.event as
        select row_number() over (order by at)::int as id, at from (
          select distinct timestamptz '2024-01-01 00:00Z' + n * interval '15 minutes' as at
          from unnest(array[\(days)]::date[]) day,
            generate_series((day - \(around) - '2024-01-01') * 96, (day + \(around) - '2024-01-01') * 96) n) events
      """
  }

  private static func yaml(_ period: String, column: String) -> String {
    """
    period: \(period)
    start: 2024-01-01
    materialize: {as: incremental, table: reports.event, time_column: \(column), unique_key: [id]}
    columns: {\(column): {type: \(column == "at" ? "timestamptz" : "date")}}
    export: {}
    """
  }

  @Test("a timestamptz belongs to the interval of its local day", arguments: cases)
  func timestamptz(_ given: Case) async throws {
    try await withProject(timezone: given.zone) { project in
      try await project.execute(Self.events(given))
      try await elsewhere(project)
      try await project.define(
        "event", Self.yaml(given.period, column: "at"),
        sql: "select event.id, event.at from src.event as event where event.at >= :start and event.at < :end")
      for (day, hours) in given.days {
        let interval = try #require(
          Period(rawValue: given.period)?.interval(containing: Definition.date(day)))
        // Together with its neighbours, which share no row with it and leave none out.
        let (from, to) = (interval.start.adding(days: -1), interval.end.adding(days: 1))
        try await project.publish("event", .range(from: try #require(from), to: to))
        try await expectLocalDays(project, given, interval)
        #expect(
          try await project.rows(
            "select row_count from reportgen.interval where interval_start = '\(interval.start)'")
            == String(Int(hours * 4)), "\(day)")
      }
      #expect(
        try await project.count("select from reportgen.interval group by interval_start having count(*) > 1")
          == 0)
    }
  }

  @Test(
    "a date that the query derives from a moment belongs to the interval of that date",
    arguments: cases.prefix(6))
  func date(_ given: Case) async throws {
    try await withProject(timezone: given.zone) { project in
      try await project.execute(Self.events(given))
      try await elsewhere(project)
      try await project.define(
        "event", Self.yaml(given.period, column: "day"),
        sql: """
          select event.id, (event.at at time zone '\(given.zone)')::date as day from src.event as event
          where (event.at at time zone '\(given.zone)')::date >= :start
            and (event.at at time zone '\(given.zone)')::date < :end
          """)
      for (day, hours) in given.days {
        let outcome = try await project.publish("event", Definition.day(day))
        #expect(outcome.counts.read == Int(hours * 4), "\(day)")
      }
    }
  }

  @Test(
    "a moment without a declared type belongs to the interval of its local day, also where midnight comes twice",
    arguments: ["America/Havana", "Atlantic/Azores"])
  func undeclared(_ zone: String) async throws {
    let given = try #require(Self.cases.first { $0.zone == zone })
    try await withProject(timezone: zone) { project in
      try await project.execute(Self.events(given))
      try await project.define(
        "event", Self.yaml("day", column: "at").replacing("columns: {at: {type: timestamptz}}", with: ""),
        sql: "select event.id, event.at from src.event as event where event.at >= :start and event.at < :end")
      for (day, hours) in given.days {
        let outcome = try await project.publish("event", Definition.day(day))
        #expect(outcome.counts.read == Int(hours * 4), "\(day)")
      }
      for (day, hours) in given.days {
        let again = try await project.publish("event", Definition.day(day))
        #expect(again.counted == "\(Int(hours * 4)) +0 ~0 -0 =\(Int(hours * 4))", "\(day)")
      }
    }
  }

  @Test(
    "a date bound that is compared with a moment is the first of two midnights",
    arguments: ["America/Havana", "Atlantic/Azores"],
    [
      "event.at >= :start and event.at < :end", "event.at between :start and :end and event.at <> :end",
      "event.at >= :start::timestamptz and :end > event.at",
      "event.at::date >= :start and event.at::date < :end",
      "event.at at time zone :zone >= :start and event.at at time zone :zone < :end",
    ])
  func dateBounds(_ zone: String, _ condition: String) async throws {
    let given = try #require(Self.cases.first { $0.zone == zone })
    try await withProject(timezone: zone) { project in
      try await project.execute(Self.events(given))
      try await elsewhere(project)
      try await project.define(
        "event",
        """
        period: day
        start: 2024-01-01
        parameters: {zone: {type: text, default: \(zone)}}
        materialize: {as: incremental, table: reports.event, time_column: day, unique_key: [day]}
        checks: [{sql: "select 1 from :staging where day >= :end or day < :start"}]
        export: {}
        """,
        sql: """
          select event.at::date as day, count(*) as n, :start as first from src.event as event
          where \(condition) and (:zone is not null) group by 1
          """)
      for (day, hours) in given.days {
        try await project.publish("event", Definition.day(day))
        #expect(
          try await project.rows("select n, first from reports.event where day = '\(day)'")
            == "\(Int(hours * 4))|\(day)", "\(day)")
      }
      let verified = try await project.verify(["event"])
      #expect(verified.status == .done)
    }
  }

  /// The rows of an interval are those that psql, in UTC, finds by their local date.
  private func expectLocalDays(_ project: EngineProject, _ given: Case, _ interval: Interval) async throws {
    let condition = { (column: String) in
      "(\(column) at time zone '\(given.zone)')::date >= '\(interval.start)'"
        + " and (\(column) at time zone '\(given.zone)')::date < '\(interval.end)'"
    }
    let difference = try psql(
      project.database.primary,
      """
      set timezone = 'UTC';
      select count(*) from (
        (select id, at from src.event where \(condition("at")) except all
          select id, at from reports.event where \(condition("at")))
        union all
        (select id, at from reports.event where \(condition("at")) except all
          select id, at from src.event where \(condition("at")))) d
      """)
    #expect(difference == "0", "\(interval)")
  }

  /// Roles and database have a time zone that is nobody's: the session's own has to win.
  private func elsewhere(_ project: EngineProject) async throws {
    for role in ["reportgen_reader", "reportgen_writer", "reportgen_owner"] {
      try await project.execute(
        "alter role \(role) in database \(project.database.name) set timezone = 'Pacific/Auckland'")
    }
    try await project.execute("alter database \(project.database.name) set timezone = 'America/Caracas'")
    try await project.database.waitForReplay()
  }
}
