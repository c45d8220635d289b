import PostgresClient
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct MissingUpstreamTests {
    static let total = Sample.report("total", reads: ["sale", "sale_daily", "elsewhere"])
    static let graph = DependencyGraph([Sample.report("sale"), Sample.report("sale-daily"), total])

    private func hint(missing: Set<QualifiedName>) -> String? {
      let error = RunError(
        .failed, Diagnostic("no such relation", hint: "old"), sqlState: SQLState.undefinedTable.rawValue)
      return MissingUpstream(graph: Self.graph, report: Self.total)
        .explaining(error, missing: missing).diagnostic.hint
    }

    @Test(
      "a table that another report makes is named with that report",
      arguments: [("sale", "sale"), ("sale_daily", "sale-daily")])
    func upstream(_ table: String, _ maker: String) {
      #expect(
        hint(missing: [QualifiedName(schema: "reports", name: table)])
          == "\"\(maker)\" makes it: run \"reportgen run +total\", which runs what \"total\" reads first.")
    }

    @Test("tables that no report makes, or the report itself, keep the hint")
    func others() {
      #expect(hint(missing: [QualifiedName(schema: "reports", name: "elsewhere")]) == "old")
      #expect(hint(missing: [QualifiedName(schema: "reports", name: "total")]) == "old")
      #expect(hint(missing: []) == "old")
    }
  }
}
