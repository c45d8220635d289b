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
        Case(replayed: "1/0", expected: .refuse(.otherHistory(replayed: WALPosition(rawValue: 1 << 32)))),
        Case(replayed: "0/1FFFFFF", expected: .wait(milliseconds: 2)),
        Case(replayed: "0/1FFFFFF", still: 400, waited: 500, expected: .wait(milliseconds: 100)),
        Case(replayed: "0/1FFFFFF", still: 9_000, waited: 9_000, expected: .wait(milliseconds: 250)),
        Case(replayed: "0/1FFFFFF", still: 9_000, waited: 9_990, expected: .wait(milliseconds: 10)),
        Case(
          replayed: "0/1FFFFFF", waited: 10_000,
          expected: .refuse(.notReplayed(waitedSeconds: 10, replayed: WALPosition(rawValue: 0x1FF_FFFF)))),
        Case(
          replayed: nil, waited: 10_500,
          expected: .refuse(.notReplayed(waitedSeconds: 10, replayed: nil))),
        Case(replayed: nil, expected: .wait(milliseconds: 2)),
      ])
    func decides(_ given: Case) throws {
      let decision = decideGate(
        replayed: given.replayed.flatMap { WALPosition($0) }, needed: try #require(WALPosition("0/2000000")),
        hasRun: given.hasRun, stillMilliseconds: given.still, waitedMilliseconds: given.waited,
        patienceMilliseconds: 10_000)
      #expect(decision == given.expected)
    }

    @Test(
      "a refusal says how far the replica has come",
      arguments: [
        (
          GateRefusal.otherHistory(replayed: WALPosition(rawValue: 0xB00_00A0)),
          "It has replayed 0/B0000A0 but does not show the primary's newest run, so it follows another primary."
        ),
        (
          .notReplayed(waitedSeconds: 6, replayed: WALPosition(rawValue: 0x31A_8E18)),
          "Waited 6 s; it has replayed 0/31A8E18."
        ),
        (.notReplayed(waitedSeconds: 0, replayed: nil), "Waited 0 s; it has replayed nothing."),
      ])
    func sentence(of refusal: GateRefusal, _ sentence: String) {
      #expect(refusal.sentence == sentence)
    }
  }
}
