import ReportExport
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// What a catalogue says of reports, from definitions and states.
  @Suite struct CatalogueContentTests {
    static let graph = DependencyGraph([
      Sample.report("overview", .view, period: .none, reads: ["monthly", "undated"]),
      Sample.report("monthly", reads: ["daily"]),
      Sample.report("daily", reads: ["purchases", "prices"]),
      Sample.report("undated", .table, period: .none),
    ])
    static let dashboards = [
      Catalogue.DashboardEntry(
        name: "sales", title: "Sales", description: nil, owner: nil, reports: ["daily", "overview"],
        tables: [])
    ]

    private func shape(_ lineage: Lineage) -> (nodes: [String], edges: Set<String>) {
      (
        lineage.nodes.map { "\($0.column) \($0.name)" }.sorted(),
        Set(lineage.edges.map { "\(lineage.nodes[$0.from].name) > \(lineage.nodes[$0.to].name)" })
      )
    }

    @Test("a lineage leads from source tables over reports, each behind what it reads, to dashboards")
    func lineage() {
      let builder = LineageBuilder(graph: Self.graph, dashboards: Self.dashboards)
      let middle = shape(builder.lineage(of: "monthly"))
      #expect(
        middle.nodes
          == [
            "0 reports.prices", "0 reports.purchases", "1 daily", "2 monthly", "3 overview", "4 sales",
          ])
      #expect(
        middle.edges
          == [
            "reports.prices > daily", "reports.purchases > daily", "daily > monthly", "monthly > overview",
            "daily > sales", "overview > sales",
          ])
      let alone = shape(builder.lineage(of: "undated"))
      #expect(alone.nodes == ["0 undated", "1 overview", "2 sales"])
      #expect(alone.edges == ["undated > overview", "overview > sales"])
    }

    @Test("a lineage of many reports has the nearest, and says how many more there are")
    func manyReports() {
      let readers = (0..<40).map { Sample.report("reader-\($0)", reads: ["hub"]) }
      let hub = Sample.report("hub", reads: (0..<50).map { "t\($0)" })
      let lineage = LineageBuilder(graph: DependencyGraph(readers + [hub]), dashboards: []).lineage(of: "hub")
      #expect(lineage.nodes.count == 1 + LineageBuilder.maxReports + LineageBuilder.maxSources)
      #expect(lineage.hiddenCount == 40 + 50 - LineageBuilder.maxReports - LineageBuilder.maxSources)
      #expect(lineage.edges.allSatisfy { lineage.nodes[$0.from].column < lineage.nodes[$0.to].column })
    }

    @Test("reports that read each other have a lineage all the same")
    func circle() {
      let graph = DependencyGraph([Sample.report("a", reads: ["b"]), Sample.report("b", reads: ["a"])])
      let lineage = LineageBuilder(graph: graph, dashboards: []).lineage(of: "a")
      #expect(Set(lineage.nodes.map(\.name)) == ["a", "b"])
    }

    struct Case: Sendable, CustomTestStringConvertible {
      var testDescription: String
      var expected: ReportStanding.Level
      var isLate = false
      var change: @Sendable (inout ReportStatus) -> Void = { _ in }
    }

    static let cases: [Case] = [
      Case(testDescription: "all is confirmed", expected: .good),
      Case(testDescription: "nothing is published", expected: .wait) { $0.state = nil },
      Case(testDescription: "not confirmed yet", expected: .wait) { $0.state = "published" },
      Case(testDescription: "published before its end", expected: .wait) { $0.state = "open" },
      Case(testDescription: "an interval is missing", expected: .wait) { $0.missing = 1 },
      Case(testDescription: "an interval is outdated", expected: .wait) { $0.outdated = 1 },
      Case(testDescription: "the last run skipped it", expected: .wait) { $0.lastState = "skipped" },
      Case(testDescription: "the last run goes on", expected: .wait) { $0.lastState = "running" },
      Case(testDescription: "the last run was interrupted", expected: .wait) { $0.lastState = "interrupted" },
      Case(testDescription: "expired intervals are as they should be", expected: .good) { $0.expired = 7 },
      Case(testDescription: "late", expected: .bad, isLate: true),
      Case(testDescription: "the last run failed", expected: .bad) { $0.lastState = "failed" },
      Case(testDescription: "the last run died", expected: .bad) { $0.lastState = "abandoned" },
      Case(testDescription: "an interval failed", expected: .bad) { $0.failedIntervals = ["2026-11-22"] },
      Case(testDescription: "the table is gone", expected: .bad) { $0.table = "missing" },
    ]

    @Test("the colour of a report is that of the worst that is true of it", arguments: cases)
    func level(_ test: Case) {
      var status = ReportStatus(report: "sale", missing: 0)
      status.state = "confirmed"
      status.lastState = "up_to_date"
      test.change(&status)
      #expect(ReportStanding.level(status, isLate: test.isLate) == test.expected)
    }

    @Test(
      "moments are shown in the project's time zone",
      arguments: [
        ("Europe/Moscow", 1_795_480_000.0, "2026-11-24 03:26 Europe/Moscow"),
        ("America/New_York", 1_795_480_000, "2026-11-23 19:26 America/New_York"),
        ("UTC", 0, "1970-01-01 00:00 UTC"), ("America/New_York", 0, "1969-12-31 19:00 America/New_York"),
      ])
    func clock(_ zone: String, _ seconds: Double, _ expected: String) {
      #expect(ZoneClock(zone).text(seconds) == expected)
    }
  }
}
