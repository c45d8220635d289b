import PostgresClient
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct GateDecisionTests {
    struct Case: Sendable {
      var replayed: String?
      var hasRun = false
      var still = 0
      var waited = 0
      var expected: GateDecision
    }

    @Test(
      "proceed with what was needed, wait within patience, refuse after it",
      arguments: [
        Case(replayed: "0/2000000", hasRun: true, expected: .proceed),
        Case(replayed: "0/2000001", hasRun: true, waited: 99_999, expected: .proceed),
        Case(
          replayed: "1/0",
          expected: .refuse(reason: "it replayed 1/0 but does not hold the primary's newest run")),
        Case(replayed: "0/1FFFFFF", expected: .wait(milliseconds: 2)),
        Case(replayed: "0/1FFFFFF", still: 400, waited: 500, expected: .wait(milliseconds: 100)),
        Case(replayed: "0/1FFFFFF", still: 9_000, waited: 9_000, expected: .wait(milliseconds: 250)),
        Case(replayed: "0/1FFFFFF", still: 9_000, waited: 9_990, expected: .wait(milliseconds: 10)),
        Case(
          replayed: "0/1FFFFFF", waited: 10_000,
          expected: .refuse(reason: "waited 10 s; it has replayed 0/1FFFFFF")),
        Case(
          replayed: nil, waited: 10_500, expected: .refuse(reason: "waited 10 s; it has replayed nothing")),
        Case(replayed: nil, expected: .wait(milliseconds: 2)),
      ])
    func decides(_ given: Case) throws {
      let decision = decideGate(
        replayed: given.replayed.flatMap { WALPosition($0) }, needed: try #require(WALPosition("0/2000000")),
        hasRun: given.hasRun, stillMilliseconds: given.still, waitedMilliseconds: given.waited,
        patienceMilliseconds: 10_000)
      #expect(decision == given.expected)
    }
  }
}
