import ReportModel
import Testing

@Suite struct ExitStatusTests {
  typealias Status = ReportModel.ExitStatus

  static let outcomes: [([Status], Status)] = [
    ([], .done), ([.done, .done], .done), ([.done, .tryAgain], .tryAgain), ([.tryAgain, .failed], .failed),
    ([.failed, .definition, .tryAgain], .definition), ([.definition, .bug], .bug), ([.bug, .usage], .usage),
    ([.usage, .unavailable], .unavailable), ([.unavailable, .interrupted, .bug], .interrupted),
  ]

  @Test("the exit status of several outcomes is the most urgent one", arguments: outcomes)
  func combined(_ statuses: [Status], _ expected: Status) {
    #expect(Status.combined(statuses) == expected)
    #expect(Status.combined(statuses.reversed()) == expected)
  }

  @Test("every status has the number that the documentation names")
  func numbers() {
    #expect(Status.allCases.map(\.rawValue) == [0, 1, 64, 65, 69, 70, 75, 130])
  }
}
