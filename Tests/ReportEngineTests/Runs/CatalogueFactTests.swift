import ReportDefinitions
import ReportExport
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// What the ledger says for a catalogue.
@Suite struct CatalogueFactTests {
  private func catalogue(_ project: EngineProject) async throws -> [String: CatalogueReport] {
    let graph = DependencyGraph(try project.reports())
    let facts = try await LedgerReport(
      servers: project.servers, fingerprints: StoredDefinitions.fingerprints
    ).catalogueFacts(of: graph)
    let catalogue = CatalogueContents(
      graph: graph, dashboards: [], timezone: "Europe/Moscow", generator: "reportgen 1"
    ).catalogue(facts)
    #expect(catalogue.readAt?.hasSuffix(" MSK") == true)
    return Dictionary(uniqueKeysWithValues: catalogue.reports.map { ($0.report.name, $0) })
  }

  @Test("a catalogue says the same as status, lists the newest intervals, and adds up older ones")
  func standing() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 50)
      try await project.define("sale", Definition.daily(start: project.day(-50), rest: "expect_within: 26h"))
      try await project.define(
        "never-run", "materialize: {as: table, table: reports.never}", sql: "select 1 as one")
      try await project.publish("sale", .range(from: project.day(-45), to: project.day(-40)))
      try await project.publish("sale", .range(from: project.day(-38), to: project.day(-20)))
      try await project.publish("sale", .range(from: project.day(-20), to: project.day(-1)))
      let all = try await catalogue(project)
      let entry = try #require(all["sale"])
      let (status, _) = try await project.status("sale")
      let standing = try #require(entry.standing)
      #expect(standing.state == "confirmed" && standing.state == status.stateText)
      #expect(standing.newest == status.newest && standing.rows == status.rows)
      #expect(standing.asOf == status.asOf && standing.missing == status.missing && standing.missing == 8)
      #expect(standing.lastState == status.lastState && standing.lastRun == status.lastRun)
      #expect(standing.isLate == status.late && standing.level == .wait)
      #expect(entry.published.count == 31)
      #expect(entry.published.first?.name == project.day(-2).description)
      #expect(entry.published.first?.state == "confirmed")
      #expect(
        entry.older == [
          .init(first: project.day(-38).description, last: project.day(-33).description, count: 6),
          .init(first: project.day(-45).description, last: project.day(-41).description, count: 5),
        ])
      let never = try #require(all["never-run"]?.standing)
      #expect(never.state == nil && never.level == .wait && never.lastState == nil)
    }
  }

  @Test("a catalogue has what each check found last, also of an attempt that failed")
  func checks() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 3, each: 2)
      try await project.define(
        "sale",
        Definition.daily(
          start: project.day(-3),
          rest: """
            checks:
              - not_null: {columns: [id, currency], severity: warn}
              - range: {column: amount, min: 0, max: 5}
              - rows: {min: 1}
              - sql: {query: 'select id from :staging where amount > 1', severity: warn}
            """))
      let first = try await project.outcome(
        "sale", RunOptions(dates: .range(from: project.day(-3), to: project.day(-1))))
      #expect(first.status == .done)
      let passed = try #require(try await catalogue(project)["sale"]?.standing?.checks)
      #expect(passed["not_null: id, currency"] == CheckValue(isPassed: false, rows: 4))
      #expect(passed["range: 0 ≤ amount ≤ 5"] == CheckValue(isPassed: true, rows: 0))
      #expect(passed["1 ≤ rows"] == CheckValue(isPassed: true, rows: 4))
      #expect(
        passed["sql: select id from :staging where amount > 1"] == CheckValue(isPassed: true, rows: 0))
      #expect(passed.count == 4)

      try await project.execute("update src.sale set amount = 7 where day = '\(project.day(-1))'")
      let outcome = try await project.outcome("sale", RunOptions())
      #expect(outcome.status == .failed)
      let failed = try #require(try await catalogue(project)["sale"]?.standing)
      #expect(failed.level == .bad && failed.lastState == "failed")
      #expect(failed.checks["range: 0 ≤ amount ≤ 5"] == CheckValue(isPassed: false, rows: 2))
      #expect(
        failed.checks["sql: select id from :staging where amount > 1"] == CheckValue(isPassed: false, rows: 2)
      )
    }
  }
}
