import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// Today is Thursday, 2026-01-08; reports begin on Thursday, 2026-01-01.
  @Suite struct IntervalPlannerTests {
    struct Case: CustomTestStringConvertible, Sendable {
      var name: String
      var report = Sample.report()
      var published: [Interval] = []
      var outdated: [Interval] = []
      var filesMissing: [Interval] = []
      var firstReadableDay: String?
      var today = "2026-01-08"
      var maxCatchUp: Int? = 3
      var dates = DateSelection.missing
      /// First days of the planned intervals.
      var planned: [String]
      var later = 0
      /// First days of intervals that another definition made and that stay.
      var leftOutdated: [String] = []
      var testDescription: String { name }
    }

    static let weekly = Sample.report(period: .week)
    static let monthly = Sample.report(period: .month, start: "2025-10-15")
    static let table = Sample.report("sale", .table)
    static let all = Sample.days(
      "2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05", "2026-01-06", "2026-01-07")
    static let allNames = [
      "2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05", "2026-01-06", "2026-01-07",
    ]
    static func date(_ text: String) -> CalendarDate { Definition.date(text) }

    static let cases = [
      Case(name: "the first run takes everything that is over, whatever the limit", planned: allNames),
      Case(name: "before its start nothing is planned", today: "2025-12-31", planned: []),
      Case(name: "on its first day nothing is over yet", today: "2026-01-01", planned: []),
      Case(name: "up to date", published: all, planned: []),
      Case(
        name: "gaps are filled, the oldest first", published: Sample.days("2026-01-02", "2026-01-04"),
        maxCatchUp: nil,
        planned: ["2026-01-01", "2026-01-03", "2026-01-05", "2026-01-06", "2026-01-07"]),
      Case(
        name: "the catch-up limit leaves the rest for later",
        published: Sample.days("2026-01-02", "2026-01-04"),
        planned: ["2026-01-01", "2026-01-03", "2026-01-05"], later: 2),
      Case(
        name: "lookback counts published intervals, newest first",
        report: Sample.report { $0.lookback = 2 },
        published: Sample.days("2026-01-01", "2026-01-02", "2026-01-05"),
        planned: ["2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05", "2026-01-06"], later: 1),
      Case(
        name: "lookback of an open interval's report leaves today alone",
        report: Sample.report { $0.lookback = 9 },
        published: all, planned: allNames),
      Case(name: "a day", published: all, dates: .day(date("2026-01-03")), planned: ["2026-01-03"]),
      Case(name: "today, which is open", dates: .day(date("2026-01-08")), planned: ["2026-01-08"]),
      Case(
        name: "from and to, the end exclusive",
        dates: .range(from: date("2026-01-02"), to: date("2026-01-04")),
        planned: ["2026-01-02", "2026-01-03"]),
      Case(
        name: "from without to ends with what is over", dates: .range(from: date("2026-01-06"), to: nil),
        planned: ["2026-01-06", "2026-01-07"]),
      Case(
        name: "from before the start", dates: .range(from: date("2020-01-01"), to: date("2026-01-02")),
        planned: ["2026-01-01"]),
      Case(
        name: "to in the future ends with today",
        dates: .range(from: date("2026-01-07"), to: date("2027-01-01")),
        planned: ["2026-01-07", "2026-01-08"]),
      Case(name: "a full refresh", published: all, dates: .fullRefresh, planned: allNames),
      Case(
        name: "weeks begin on Monday", report: weekly, today: "2026-01-19",
        planned: ["2025-12-29", "2026-01-05", "2026-01-12"]),
      Case(
        name: "a week is over on the next Monday", report: weekly, today: "2026-01-18",
        planned: ["2025-12-29", "2026-01-05"]),
      Case(
        name: "the week of a day", report: weekly, today: "2026-02-01", dates: .day(date("2026-01-11")),
        planned: ["2026-01-05"]),
      Case(
        name: "weeks that share a day with the range", report: weekly, today: "2026-02-01",
        dates: .range(from: date("2026-01-11"), to: date("2026-01-13")),
        planned: ["2026-01-05", "2026-01-12"]),
      Case(
        name: "months, the first from its first day", report: monthly,
        planned: ["2025-10-01", "2025-11-01", "2025-12-01"]),
      Case(
        name: "a month at the turn of the year", report: monthly, dates: .day(date("2025-12-31")),
        planned: ["2025-12-01"]),
      Case(name: "a table takes its newest interval only", report: table, planned: ["2026-01-07"]),
      Case(
        name: "a table whose newest is published", report: table, published: Sample.days("2026-01-07"),
        planned: []),
      Case(
        name: "a range of a table is its newest", report: table,
        dates: .range(from: date("2026-01-02"), to: date("2026-01-05")),
        planned: ["2026-01-04"]),
      Case(
        name: "a full refresh of a table", report: table, published: all, dates: .fullRefresh,
        planned: ["2026-01-07"]),
      Case(
        name: "files alone go back as far as they are kept",
        report: Sample.report("files", .none, export: ExportSettings(keep: 2)),
        planned: ["2026-01-06", "2026-01-07"]),
      Case(
        name: "missing files are computed again",
        report: Sample.report("files", .none, export: ExportSettings(keep: 4)), published: all,
        filesMissing: Sample.days("2026-01-02", "2026-01-05"), planned: ["2026-01-05"]),
      Case(
        name: "append of missing days", report: Sample.report("sale", .append),
        published: Sample.days("2026-01-01"),
        dates: .range(from: date("2026-01-02"), to: date("2026-01-04")),
        planned: ["2026-01-02", "2026-01-03"]),
    ]

    static func keeping(_ retention: String, period: Period = .day, start: String = "2026-01-01") -> Report {
      Sample.report(period: period, start: start) { $0.retention = Retention(retention) }
    }

    static let retained = [
      Case(
        name: "expired intervals are never missing", report: keeping("3 days"), maxCatchUp: nil,
        planned: ["2026-01-05", "2026-01-06", "2026-01-07"]),
      Case(
        name: "retention counts back from what is over, not from today", report: keeping("1 week"),
        today: "2026-01-09", maxCatchUp: nil,
        planned: allNames.dropFirst() + ["2026-01-08"]),
      Case(
        name: "a retention longer than the history changes nothing", report: keeping("3 years"),
        planned: allNames),
      Case(
        name: "a published interval that is expired is not looked back at",
        report: Sample.report {
          $0.retention = Retention("2 days")
          $0.lookback = 5
        }, published: all, planned: ["2026-01-06", "2026-01-07"]),
      Case(
        name: "a full refresh begins with what is kept", report: keeping("2 days"), published: all,
        dates: .fullRefresh, planned: ["2026-01-06", "2026-01-07"]),
      Case(
        name: "a range is cut to what is kept", report: keeping("3 days"),
        dates: .range(from: date("2026-01-01"), to: date("2026-01-06")), planned: ["2026-01-05"]),
      Case(
        name: "a month is kept as long as one of its days is",
        report: keeping("90 days", period: .month, start: "2025-01-01"), today: "2026-01-08",
        planned: ["2025-10-01", "2025-11-01", "2025-12-01"]),
      Case(
        name: "a month whose last day is the first that is not kept is expired",
        report: keeping("92 days", period: .month, start: "2025-01-01"), today: "2026-01-08",
        planned: ["2025-10-01", "2025-11-01", "2025-12-01"]),
      Case(
        name: "weeks over the end of a year",
        report: keeping("2 weeks", period: .week, start: "2025-01-01"), today: "2026-01-08",
        planned: ["2025-12-22", "2025-12-29"]),
      Case(
        name: "a leap day", report: keeping("1 year", start: "2023-01-01"), today: "2024-02-29",
        maxCatchUp: nil, dates: .range(from: date("2023-01-01"), to: date("2023-03-02")),
        planned: ["2023-02-28", "2023-03-01"]),
      Case(
        name: "before anything is over", report: keeping("1 day"), today: "2026-01-01", planned: []),
      Case(
        name: "what began before the rows of a table that is read is out of reach",
        published: Sample.days("2026-01-01", "2026-01-07"), firstReadableDay: "2026-01-04",
        planned: ["2026-01-04", "2026-01-05", "2026-01-06"]),
      Case(
        name: "a month that lost some of its days is out of reach",
        report: Sample.report(period: .month, start: "2025-10-15"), firstReadableDay: "2025-11-02",
        planned: ["2025-12-01"]),
      Case(
        name: "a full refresh leaves what is out of reach", published: all,
        firstReadableDay: "2026-01-06", dates: .fullRefresh, planned: ["2026-01-06", "2026-01-07"]),
    ]

    static let changed = [
      Case(
        name: "what another definition made stays unless it is asked for", published: all,
        outdated: Sample.days("2026-01-02", "2026-01-05"), planned: [],
        leftOutdated: ["2026-01-02", "2026-01-05"]),
      Case(
        name: "restating takes what another definition made, whatever the limit",
        published: Array(all.dropLast()), outdated: Array(all.dropLast()), maxCatchUp: 1, dates: .restate,
        planned: allNames),
      Case(
        name: "restating takes nothing else but what is missing",
        published: Sample.days("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-06", "2026-01-07"),
        outdated: Sample.days("2026-01-02"), dates: .restate,
        planned: ["2026-01-02", "2026-01-04", "2026-01-05"]),
      Case(name: "restating when nothing has changed", published: all, dates: .restate, planned: []),
      Case(
        name: "a definition that restates by itself", report: Sample.report { $0.onChange = .restate },
        published: all, outdated: Sample.days("2026-01-02"), planned: ["2026-01-02"]),
      Case(
        name: "a day of a definition that restates by itself is that day alone",
        report: Sample.report { $0.onChange = .restate }, published: all,
        outdated: Sample.days("2026-01-02"), dates: .day(date("2026-01-03")), planned: ["2026-01-03"],
        leftOutdated: ["2026-01-02"]),
      Case(
        name: "the lookback renews what another definition made",
        report: Sample.report { $0.lookback = 2 }, published: all, outdated: all,
        planned: ["2026-01-06", "2026-01-07"], leftOutdated: Array(allNames.dropLast(2))),
      Case(
        name: "expired intervals are not outdated", report: keeping("2 days"), published: all, outdated: all,
        planned: [], leftOutdated: ["2026-01-06", "2026-01-07"]),
      Case(
        name: "what is out of reach is not outdated", published: all, outdated: all,
        firstReadableDay: "2026-01-07", dates: .restate, planned: ["2026-01-07"]),
      Case(
        name: "files that are not kept are not outdated",
        report: Sample.report("files", .none, export: ExportSettings(keep: 2)), published: all,
        outdated: all, dates: .restate, planned: ["2026-01-06", "2026-01-07"]),
      Case(
        name: "of a table only the newest interval can be outdated", report: table, published: all,
        outdated: all, planned: [], leftOutdated: ["2026-01-07"]),
      Case(
        name: "append has nothing to restate", report: Sample.report("sale", .append), published: all,
        dates: .restate, planned: []),
    ]

    @Test("which intervals a run takes", arguments: cases + retained + changed)
    func plans(_ given: Case) throws {
      let plan = try planner(given).plan(given.dates)
      #expect(plan.intervals.map(\.start.description) == given.planned)
      #expect(plan.leftForLater == given.later)
      #expect(plan.outdated.map(\.start.description) == given.leftOutdated)
      #expect(!plan.isWhole)
      #expect(plan.isEmpty == given.planned.isEmpty)
    }

    @Test(
      "what contradicts the definition is refused",
      arguments: [
        (
          Case(name: "before start", dates: .day(date("2025-12-31")), planned: []),
          """
          reports/sale.yaml: error: interval 2025-12-31..2026-01-01 is before the start of "sale"
            hint: reports/sale.yaml says that the data begin on 2026-01-01.
          """
        ),
        (
          Case(name: "future", dates: .day(date("2026-01-09")), planned: []),
          """
          reports/sale.yaml: error: interval 2026-01-09..2026-01-10 has not begun
            hint: Today is 2026-01-08 by the primary's clock.
          """
        ),
        (
          Case(
            name: "older", report: table, published: Sample.days("2026-01-05"),
            dates: .day(date("2026-01-04")), planned: []),
          """
          reports/sale.yaml: error: interval 2026-01-04..2026-01-05 of "sale" is older than the published 2026-01-05..2026-01-06
            hint: A "table" shows its newest interval only; "incremental" keeps each of them.
          """
        ),
        (
          Case(
            name: "again", report: Sample.report("sale", .append), published: Sample.days("2026-01-05"),
            dates: .fullRefresh, planned: []),
          """
          reports/sale.yaml: error: interval 2026-01-05..2026-01-06 of "sale" is published and cannot be appended twice
            hint: Choose dates that are missing, or use "as: incremental", which replaces an interval's rows.
          """
        ),
        (
          Case(
            name: "open", report: Sample.report("sale", .append), dates: .day(date("2026-01-08")), planned: []
          ),
          """
          reports/sale.yaml: error: interval 2026-01-08..2026-01-09 of "sale" is not over and cannot be appended yet
            hint: Rows that come later could never be added. Run it once it is over, or use "as: incremental".
          """
        ),
        (
          Case(
            name: "expired", report: keeping("3 days"), published: all, dates: .day(date("2026-01-04")),
            planned: []),
          """
          reports/sale.yaml: error: interval 2026-01-04..2026-01-05 of "sale" is expired
            detail: Days before 2026-01-05 are not kept.
            hint: Raise materialize.retention, which is 3 days, and run again.
          """
        ),
        (
          Case(
            name: "all of a range expired", report: keeping("3 days"),
            dates: .range(from: date("2026-01-01"), to: date("2026-01-03")), planned: []),
          """
          reports/sale.yaml: error: interval 2026-01-02..2026-01-03 of "sale" is expired
            detail: Days before 2026-01-05 are not kept.
            hint: Raise materialize.retention, which is 3 days, and run again.
          """
        ),
        (
          Case(
            name: "out of reach", firstReadableDay: "2026-01-05", dates: .day(date("2026-01-04")), planned: []
          ),
          """
          reports/sale.yaml: error: interval 2026-01-04..2026-01-05 of "sale" cannot be computed any more
            detail: A summary table that it reads does not keep days before 2026-01-05. What is published of it stays.
          """
        ),
        (
          Case(
            name: "restated", report: Sample.report("sale", .append), published: all,
            outdated: Sample.days("2026-01-02"), dates: .restate, planned: []),
          """
          reports/sale.yaml: error: interval 2026-01-02..2026-01-03 of "sale" is published and cannot be appended twice
            hint: Choose dates that are missing, or use "as: incremental", which replaces an interval's rows.
          """
        ),
        (
          Case(
            name: "whole", report: Sample.report("sale", .table, period: .none),
            dates: .day(date("2026-01-05")), planned: []),
          """
          reports/sale.yaml: error: report "sale" has no intervals to choose from
            hint: Its period is "none": run it without --date and --from.
          """
        ),
      ])
    func refuses(_ given: Case, _ text: String) {
      #expect(diagnostic { _ = try planner(given).plan(given.dates) } == text)
    }

    @Test("without a period the whole is computed at every run")
    func whole() throws {
      let given = Case(name: "", report: Sample.report("sale", .table, period: .none), planned: [])
      for dates in [DateSelection.missing, .fullRefresh, .newest, .restate] {
        let plan = try planner(given).plan(dates)
        #expect(plan.isWhole)
        #expect(!plan.isEmpty)
        #expect(plan.intervals == [])
      }
    }

    private func planner(_ given: Case) -> IntervalPlanner {
      IntervalPlanner(
        report: given.report, published: Set(given.published), outdated: Set(given.outdated),
        filesMissing: Set(given.filesMissing), today: Definition.date(given.today),
        firstReadableDay: given.firstReadableDay.map(Definition.date), maxCatchUp: given.maxCatchUp)
    }
  }
}
