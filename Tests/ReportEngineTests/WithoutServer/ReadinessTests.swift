import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// Whether planned reports find what they read.
  @Suite struct ReadinessTests {
    private static let graph = DependencyGraph([
      Sample.report("a"), Sample.report("b", reads: ["a"]), Sample.report("c", reads: ["b"]),
      Sample.report("d", reads: ["elsewhere"]),
    ])

    /// - Parameter planned: names with the state they begin with, in the order of their levels.
    private func judged(_ planned: [(String, PlannedReport.State)], existing: [String] = []) -> [String] {
      var readiness = Readiness(graph: Self.graph, existing: Set(existing.map(Sample.qualified)))
      return planned.map { name, state in
        let planned = readiness.judged(
          PlannedReport(Self.graph.reports.first { $0.name == name } ?? Sample.report(), state))
        return ["\(name) \(planned.state.rawValue)"].joined()
          + planned.diagnostics.map { " " + $0.message }.joined()
      }
    }

    @Test("what the same run makes before is there by then")
    func inOneRun() {
      #expect(judged([("a", .run), ("b", .run), ("c", .run)]) == ["a run", "b run", "c run"])
    }

    @Test("a table that nobody makes stops its readers, and theirs")
    func missing() {
      #expect(
        judged([("b", .run), ("c", .run)]) == [
          "b cannot_run \"b\" cannot run: reports.a does not exist",
          "c skipped \"c\" would be skipped: it reads \"b\", which cannot run",
        ])
      #expect(judged([("a", .upToDate), ("b", .run)])[1].hasPrefix("b cannot_run"))
      #expect(judged([("a", .cannotRun), ("b", .run)], existing: ["a"])[1].hasPrefix("b skipped"))
    }

    @Test("what is there needs no run, and what is up to date needs nothing")
    func there() {
      #expect(judged([("b", .run), ("c", .run)], existing: ["a", "b"]) == ["b run", "c run"])
      #expect(judged([("b", .upToDate)]) == ["b up_to_date"])
      #expect(judged([("d", .run)]) == ["d run"])
    }

    @Test("the hint says which command runs it first")
    func hint() {
      var readiness = Readiness(graph: Self.graph, existing: [])
      let planned = readiness.judged(PlannedReport(Self.graph.reports[1], .run))
      #expect(
        planned.diagnostics.map(\.description) == [
          """
          reports/b.sql: warning: "b" cannot run: reports.a does not exist
            hint: "a" makes it: "reportgen run +b" runs it first.
          """
        ])
    }
  }
}
