import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct CostEstimateTests {
    @Test("few reads are asked about one by one, of many the first, the last and some between")
    func sample() {
      #expect(CostEstimate.sample(of: 0) == [])
      #expect(CostEstimate.sample(of: 16) == Array(0..<16))
      let some = CostEstimate.sample(of: 1118)
      #expect(some.count == 16 && some.first == 0 && some.last == 1117 && Set(some).count == 16)
      #expect(CostEstimate.sample(of: 17).count == 16)
    }

    @Test("the others are taken to be like those that were asked about")
    func scaled() throws {
      let estimate = try #require(CostEstimate([(rows: 10, cost: 1.125), (rows: 30, cost: 2)], reads: 10))
      #expect(estimate.rows == 200 && estimate.totalCost == 15.63 && estimate.explained == 2)
      #expect(CostEstimate([], reads: 0) == nil)
      #expect(CostEstimate([(rows: 1e30, cost: 1e40)], reads: 3)?.rows == .max)
    }

    @Test("the answer of EXPLAIN is that of its topmost node")
    func explained() throws {
      let answer = try CostEstimate.explained(
        #"[{"Plan": {"Node Type": "Sort", "Total Cost": 12.5, "Plan Rows": 7, "Plans": [{"Plan Rows": 9}]}}]"#
      )
      #expect(answer.rows == 7 && answer.cost == 12.5)
      #expect(throws: (any Error).self) { try CostEstimate.explained("[]") }
      #expect(throws: (any Error).self) { try CostEstimate.explained("") }
    }
  }
}
