import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct DependencyGraphTests {
    static let graph = DependencyGraph([
      Sample.report("overview", .view, period: .none, reads: ["monthly", "undated", "elsewhere"]),
      Sample.report("monthly", reads: ["daily"]),
      Sample.report("daily", reads: ["purchases"]),
      Sample.report("undated", .table, period: .none),
      Sample.report("files", .none, reads: ["overview"]),
    ])

    private func levels(_ names: [String]) -> [[String]] {
      let selected = Self.graph.reports.filter { names.contains($0.name) }
      return Self.graph.levels(of: selected).map { $0.map(\.name) }
    }

    @Test("a level reads only from levels before it")
    func levels() {
      #expect(
        levels(["overview", "monthly", "daily", "undated", "files"])
          == [["daily", "undated"], ["monthly"], ["overview"], ["files"]])
    }

    @Test("reports that are not selected order those that are, and take no level of their own")
    func selectedOnly() {
      #expect(levels(["daily", "files"]) == [["daily"], ["files"]])
      #expect(levels(["files", "undated"]) == [["undated"], ["files"]])
      #expect(levels([]) == [])
    }

    @Test("what a report reads, and what reads it, through others and without itself")
    func closures() {
      #expect(Self.graph.direct(upstreamOf: "overview") == ["monthly", "undated"])
      #expect(Self.graph.upstream(of: "files") == ["overview", "monthly", "daily", "undated"])
      #expect(Self.graph.downstream(of: "daily") == ["monthly", "overview", "files"])
      #expect(Self.graph.downstream(of: "files") == [])
      #expect(Self.graph.upstream(of: "nobody") == [])
    }

    @Test("reports that read each other, or themselves, end in some order")
    func cycles() {
      let reports = [
        Sample.report("a", reads: ["b", "a"]), Sample.report("b", reads: ["c"]),
        Sample.report("c", reads: ["a"]),
        Sample.report("d", reads: ["a"]),
      ]
      let graph = DependencyGraph(reports)
      #expect(graph.upstream(of: "a") == ["b", "c"])
      let levels = graph.levels(of: reports)
      #expect(levels.joined().map(\.name).sorted() == ["a", "b", "c", "d"])
      #expect(levels.last?.map(\.name).contains("d") == true)
    }

    @Test(
      "a table shows its own rows, a view those of all it reads, and what was never published shows nothing")
    func tableVersions() {
      let tables = Self.graph.tableVersions(["daily": "d", "monthly": "m", "overview": "o", "files": "f"])
      let shown = Dictionary(uniqueKeysWithValues: tables.map { ($0.key.name, $0.value) })
      #expect(shown == ["daily": "d", "monthly": "m", "overview": "o, d, m"])
    }
  }
}
