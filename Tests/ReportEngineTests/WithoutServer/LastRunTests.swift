import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// `daily` is read by `monthly`, and that by `yearly`; nobody reads `other`.
  @Suite struct LastRunTests {
    static let graph = DependencyGraph([
      Sample.report("daily"), Sample.report("monthly", reads: ["daily"]),
      Sample.report("yearly", reads: ["monthly"]), Sample.report("other"),
    ])

    @Test(
      "what has to run again",
      arguments: [
        (["daily", "other"], [], []),
        (["daily", "other"], ["other"], ["other"]),
        (["daily", "monthly", "yearly"], ["daily"], ["daily", "monthly", "yearly"]),
        (["daily", "yearly"], ["daily"], ["daily", "yearly"]),
        (["daily", "other"], ["daily"], ["daily"]),
        (["daily", "gone"], ["gone"], []),
      ] as [([String], [String], [String])])
    func repeats(_ selected: [String], _ failed: [String], _ again: [String]) {
      let last = LastRun(
        started: "", arguments: "", isAbandoned: false, selected: Set(selected), failed: Set(failed))
      #expect(last.toRepeat(in: Self.graph).sorted() == again)
    }
  }
}
