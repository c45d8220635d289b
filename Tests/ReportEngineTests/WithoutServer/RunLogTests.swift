import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// The lines of a run's log.
  @Suite struct RunLogTests {
    static let lost = Diagnostic("connection \"primary\" is lost", detail: "It was shut down.")

    static let events: [(Double, RunEvent)] = {
      var reason = lost
      reason.sqlState = "57P01"
      var confirmed = ReportOutcome(report: Sample.report("sales-daily"), state: .confirmed)
      confirmed.counts.read = 2641
      confirmed.asOf = RunSummaryTests.asOf
      return [
        (0.1, .planned(["sales-daily": 2, "broken": 1])), (0.2, .step(report: "sales-daily", step: "lock")),
        (0.3, .step(report: "sales-daily", step: "read")), (0.4, .rows(report: "sales-daily", count: 5)),
        (0.5, .retrying(report: "sales-daily", because: reason, afterMilliseconds: 400)),
        (1.0, .step(report: "sales-daily", step: "read")), (1.1, .waiting(report: "sales-daily")),
        (1.2, .step(report: "view", step: "publish")), (12.6, .ended(confirmed)),
        (12.7, .ended(ReportOutcome(report: Sample.report("broken"), state: .failed, status: .failed))),
      ]
    }()

    static let result: RunResult = {
      let view = ReportOutcome(report: Sample.report("view"), state: .skipped, status: .interrupted)
      let done = ReportOutcome(report: Sample.report("done"), state: .upToDate)
      return RunResult(runID: UUID(), reports: [view, done], ownStatus: .interrupted)
    }()

    static func entries(isVerbose: Bool) -> [LogEntry] {
      var log = RunLog(isVerbose: isVerbose, at: 0)
      var entries = [log.begin(reports: 3)]
      for (seconds, event) in events { entries += log.entries(for: event, at: seconds) }
      return entries + log.end(result, at: 13)
    }

    @Test(
      "for people: a line where each report begins and one where it ends, retries, nothing of what was up to date"
    )
    func text() {
      #expect(
        Self.entries(isVerbose: false).compactMap(\.text) == [
          "sales-daily: reading",
          "sales-daily: trying again in 400 ms: connection \"primary\" is lost",
          "view: publishing", "sales-daily: confirmed, 2641 rows in 12.4 s", "broken: failed",
          "view: skipped in 11.8 s",
        ])
    }

    @Test("for people who want to know: the steps too")
    func verbose() {
      #expect(
        Self.entries(isVerbose: true).compactMap(\.text) == [
          "sales-daily: lock", "sales-daily: read",
          "sales-daily: trying again in 400 ms: connection \"primary\" is lost", "sales-daily: read",
          "view: publish", "sales-daily: confirmed, 2641 rows in 12.4 s", "broken: failed",
          "view: skipped in 11.8 s",
        ])
    }

    @Test("for programs, which rely on the keys")
    func json() throws {
      var lines = Self.entries(isVerbose: false)
      lines += Self.entries(isVerbose: true).filter { $0.event == .step }.prefix(1)
      var diagnostic = Diagnostic(
        .warning, "a \"quoted\"\nмессадж 🛒 \u{1} / end", detail: "It was so.", hint: "Mend it.",
        file: "reports/a.sql", place: SourcePlace(line: 3, column: 9))
      diagnostic.sqlState = "42703"
      lines.append(LogEntry(diagnostic, report: "a"))
      let text = lines.map { $0.json() + "\n" }.joined()
      try expectGolden(text, "engine/log.jsonl")
      for line in text.split(separator: "\n") {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(object?["event"] is String && object?["level"] is String && object?["message"] is String)
      }
    }

    @Test("every report is announced once, whoever announces it")
    func once() {
      let finished = Self.entries(isVerbose: true).filter { $0.event == .reportFinished }.map(\.report)
      #expect(finished == ["sales-daily", "broken", "view", "done"])
    }
  }
}
