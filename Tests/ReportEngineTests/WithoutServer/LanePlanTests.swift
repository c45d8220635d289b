import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct LanePlanTests {
    struct Case: Sendable, CustomTestStringConvertible {
      var name: String
      var seconds: [String: Double]
      var jobs: Int
      var expected: [String: Int]

      var testDescription: String { name }
    }

    static let cases = [
      Case(name: "one job", seconds: ["a": 1, "b": 2], jobs: 1, expected: ["a": 0, "b": 0]),
      Case(
        name: "the longest goes first, the rest fills up", seconds: ["a": 1, "b": 5, "c": 2, "d": 3], jobs: 2,
        expected: ["b": 0, "d": 1, "c": 1, "a": 0]),
      Case(
        name: "no more lanes than reports", seconds: ["a": 1, "b": 1], jobs: 8, expected: ["a": 0, "b": 1]),
      Case(
        name: "no lane for what it would not save", seconds: ["a": 0.02, "b": 0.01, "c": 0.01], jobs: 8,
        expected: ["a": 0, "b": 0, "c": 0]),
      Case(
        name: "equals by name", seconds: ["c": 1, "b": 1, "a": 1], jobs: 2,
        expected: ["a": 0, "b": 1, "c": 0]),
    ]

    @Test("each report goes to one lane", arguments: cases)
    func assign(_ given: Case) {
      let lanes = LanePlan.assign(
        given.seconds.keys.sorted(), seconds: given.seconds, jobs: given.jobs)
      #expect(lanes == given.expected)
    }

    @Test("a report that never ran counts a second")
    func unknown() {
      let lanes = LanePlan.assign(["new", "old"], seconds: ["old": 0.001], jobs: 2)
      #expect(lanes == ["new": 0, "old": 1])
    }
  }
}
