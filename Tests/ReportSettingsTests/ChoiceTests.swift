import ReportModel
import ReportSettings
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// `daily` is read by `monthly`; `other` has parameters.
private let reports = [
  sample("daily", parameters: []), sample("monthly", reads: ["daily"]),
  sample(
    "other",
    parameters: [
      Parameter(name: "limit", type: .integer, defaultValue: .scalar("10")),
      Parameter(name: "region", type: .text, defaultValue: nil),
    ]),
]

private func sample(_ name: String, reads: [String] = [], parameters: [Parameter] = []) -> Report {
  Report(
    name: name, title: name, tags: [], parameters: parameters, period: .day,
    start: CalendarDate("2026-01-01"),
    materialization: Materialization(
      kind: .table, table: QualifiedName(schema: "reports", name: name), uniqueKey: []),
    columns: [], checks: [], export: ExportSettings(),
    query: QueryText(text: "select 1", references: []),
    reads: reads.map { QualifiedName(schema: "reports", name: $0) }, fingerprint: "f",
    sqlFile: "reports/\(name).sql", metadataFile: "reports/\(name).yaml")
}

@Suite struct FailedReportsTests {
  private func found(_ chosen: [String], _ last: LastRun?) -> String {
    let graph = DependencyGraph(reports)
    switch FailedReports(among: reports.filter { chosen.contains($0.name) }, graph, last: last) {
    case .found(let found): return found.map(\.name).joined(separator: " ")
    case .none(let reason): return "none: " + reason
    }
  }

  private func last(failed: Set<String>) -> LastRun {
    LastRun(
      started: "2026-11-23 04:30:12 MSK", arguments: "run --all", isAbandoned: false,
      selected: ["daily", "monthly", "other"], failed: failed)
  }

  @Test("of the chosen reports those are taken that failed, and those that read them")
  func takes() {
    #expect(found(["daily", "monthly", "other"], last(failed: ["daily"])) == "daily monthly")
    #expect(found(["monthly"], last(failed: ["daily"])) == "monthly")
  }

  @Test("when there is nothing to repeat, the reason is told")
  func nothing() {
    #expect(found(["daily"], nil) == "none: nothing has failed: there was no run yet")
    #expect(
      found(["daily"], last(failed: []))
        == "none: nothing failed in the last run, of 2026-11-23 04:30:12 MSK: reportgen run --all")
    #expect(
      found(["daily"], last(failed: ["other"]))
        == "none: none of these reports failed in the last run, of 2026-11-23 04:30:12 MSK: "
        + "reportgen run --all")
  }
}

@Suite struct ParameterAssignmentTests {
  private func values(_ assignments: [String], _ selected: [String] = ["other"]) throws
    -> [String: Parameter.Value]
  {
    try assignments.compactMap { ParameterAssignment($0) }.values(
      for: reports.filter { selected.contains($0.name) })
  }

  @Test("a name and a value are split at the first equals sign", arguments: ["", "=1", "limit"])
  func refused(_ text: String) {
    #expect(ParameterAssignment(text) == nil)
    #expect(ParameterAssignment("region=a=b")?.name == "region")
    #expect(ParameterAssignment("region=a=b")?.value == "a=b")
  }

  @Test("a value equal to the default is left out")
  func defaults() throws {
    #expect(try values(["region=EU", "limit=10"]) == ["region": .scalar("EU")])
    #expect(try values(["region=EU", "limit=11"]) == ["region": .scalar("EU"), "limit": .scalar("11")])
    #expect(try values([], ["daily", "monthly"]) == [:])
  }

  @Test(
    "an assignment that fits no parameter is status 64",
    arguments: [
      (["limit=1"], ["daily", "other"], "--param goes with one report, not with 2"),
      (["regoin=EU"], ["other"], "report \"other\" has no parameter \"regoin\""),
      (["limit=1"], ["daily"], "report \"daily\" has no parameter \"limit\""),
      (["region=a", "region=b"], ["other"], "parameter \"region\" is set twice"),
      (["limit=1"], ["other"], "parameter \"region\" of \"other\" has no value"),
    ] as [([String], [String], String)])
  func errors(_ assignments: [String], _ selected: [String], _ message: String) {
    let text = failure { _ = try values(assignments, selected) }
    #expect(text.hasPrefix("64\n") && text.contains("error: \(message)"), "\(text)")
  }

  @Test("a value of another type is status 64")
  func type() {
    #expect(failure { _ = try values(["region=EU", "limit=many"]) }.hasPrefix("64\n"))
  }
}

@Suite struct ChosenReportsTests {
  @Test("a selection that matches nothing is status 64; an empty project is none where that is allowed")
  func selection() throws {
    let graph = DependencyGraph(reports)
    #expect(try Selection(patterns: ["daily+"]).reports(of: graph).map(\.name) == ["daily", "monthly"])
    #expect(
      failure { _ = try Selection(patterns: ["dialy"]).reports(of: graph) }
        .hasPrefix("64\nerror: no report is named \"dialy\""))
    #expect(
      failure { _ = try Selection(all: true, excluded: ["*"]).reports(of: graph) } == """
        64
        error: no report is chosen
          hint: "reportgen list" shows every report.
        """)
    #expect(try Selection(all: true).reports(of: DependencyGraph([]), mayBeEmpty: true).isEmpty)
  }
}
