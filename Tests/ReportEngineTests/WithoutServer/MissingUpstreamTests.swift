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

    private func hint(_ message: String, state: SQLState = .undefinedTable) -> String? {
      let error = RunError(.failed, Diagnostic(message, hint: "old"), sqlState: state.rawValue)
      return error.explainingUpstream(of: Self.total, in: Self.graph).diagnostic.hint
    }

    @Test(
      "a table that another report makes is named with that report, in every language of the server",
      arguments: [
        ("relation \"reports.sale\" does not exist", "sale"),
        ("relation \"reports.sale_daily\" does not exist", "sale-daily"),
        ("отношение «reports.sale_daily» не существует", "sale-daily"),
      ])
    func upstream(_ message: String, _ maker: String) {
      #expect(
        hint(message)
          == "\"\(maker)\" makes it: run \"reportgen run +total\", which runs what \"total\" reads first.")
    }

    @Test("other tables and other errors keep their hint")
    func others() {
      #expect(hint("relation \"reports.elsewhere\" does not exist") == "old")
      #expect(hint("relation \"reports.total\" does not exist") == "old")
      #expect(hint("column sale.a of \"reports.sale\" does not exist", state: .undefinedColumn) == "old")
    }
  }
}
