import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// The file that Prometheus reads.
  @Suite struct RunMetricsTests {
    static let hostile = "\u{301}a \"quoted\" \\ back\\\\slash,\nreport=\"sales\" {} # ж🛒"

    static func report(_ name: String, title: String = "Sales", owner: String? = nil) -> Report {
      var report = Sample.report(name)
      report.title = title
      report.owner = owner
      return report
    }

    static let reports = [
      report("sales-daily", title: hostile, owner: "sales@shop.example"), report("broken"), report("other"),
    ]

    static func metrics(
      _ status: ReportModel.ExitStatus = .failed, outcomes: [ReportOutcome], ended: Double = 1_795_631_600.25
    ) -> RunMetrics {
      var metrics = RunMetrics(
        environment: "pro\"d", version: "1.2.3", began: 1_795_631_544.1239, ended: ended, status: status)
      metrics.outcomes = outcomes
      metrics.reports = reports
      metrics.health = reports.map(health)
      return metrics
    }

    static func health(_ report: Report) -> ReportHealth {
      let freshness =
        report.name == "other"
        ? ReportFreshness(now: 1_795_631_600, lateAfter: 0)
        : ReportFreshness(
          now: 1_795_631_600, asOf: 1_795_631_545.5, newestEnd: 1_795_554_000, lateAfter: nil)
      let status = ReportStatus(report: report.name, missing: report.name == "other" ? 12 : 0)
      return ReportHealth(report, status, freshness)
    }

    static var daily: ReportOutcome {
      var outcome = ReportOutcome(report: reports[0], state: .confirmed)
      outcome.counts = RowCounts(read: 9, inserted: 3, updated: 2, deleted: 1, unchanged: 4)
      outcome.attempts = 2
      outcome.seconds.add("read", .milliseconds(1234))
      outcome.seconds.add("publish", .microseconds(400))
      outcome.owedFiles = ["out/sales-daily/2026-11-22"]
      return outcome
    }

    static let broken = ReportOutcome(report: reports[1], state: .failed, status: .failed)

    @Test("a whole file, as Prometheus reads it")
    func text() throws {
      let text = Self.metrics(outcomes: [Self.daily, Self.broken]).text()
      try expectGolden(text, "engine/metrics.prom")
      let read = try Exposition(text)
      #expect(read.value("reportgen_run_exit_code", ["environment": "pro\"d"]) == 1)
      #expect(read.value("reportgen_run_duration_seconds") == 56.126)
      #expect(read.value("reportgen_run_last_success_timestamp_seconds") == nil)
      #expect(read.value("reportgen_report_info", ["title": Self.hostile]) == 1)
      #expect(read.value("reportgen_report_state", ["report": "broken", "state": "failed"]) == 1)
      #expect(read.value("reportgen_report_state", ["report": "broken", "state": "confirmed"]) == 0)
      #expect(read.value("reportgen_report_late_after_timestamp_seconds", ["report": "other"]) == 0)
      #expect(read.count("reportgen_report_late_after_timestamp_seconds") == 1)
      #expect(read.value("reportgen_report_step_seconds", ["step": "read"]) == 1.234)
    }

    @Test(
      "a label arrives as it is",
      arguments: [
        "", " ", "\\", "\"", "\\n", "\n", "\r\n", "\u{1}\t\u{7f}", "}{,=#", "\u{301}", "a\u{2028}b", "🛒",
      ])
    func label(_ title: String) throws {
      var metrics = Self.metrics(outcomes: [])
      metrics.reports = [Self.report("other", title: title)]
      let text = metrics.text()
      #expect(try Exposition(text).value("reportgen_report_info", ["title": title]) == 1)
      metrics.reports = nil
      #expect(try Exposition(metrics.text(after: text)).value("reportgen_report_info", ["title": title]) == 1)
    }

    @Test("what an earlier run said of other reports stays; a report that is gone goes")
    func carriedOver() throws {
      var gone = Self.daily
      gone.report = Self.report("gone")
      let first = Self.metrics(.done, outcomes: [Self.daily, gone, Self.broken], ended: 1_795_545_000).text()
      var other = Self.daily
      other.report = Self.reports[2]
      let second = try Exposition(Self.metrics(outcomes: [other]).text(after: first))
      let run = "reportgen_report_last_run_timestamp_seconds"
      #expect(second.value(run, ["report": "sales-daily"]) == 1_795_545_000)
      #expect(second.value(run, ["report": "other"]) == 1_795_631_600.25)
      #expect(second.value(run, ["report": "gone"]) == nil)
      #expect(second.count("reportgen_report_state") == 3 * ReportOutcome.State.allCases.count)
      #expect(second.value("reportgen_run_last_success_timestamp_seconds") == 1_795_545_000)
      #expect(second.count("reportgen_report_info") == 3)
    }

    @Test("without the ledger, and even without the definitions, nothing vanishes")
    func nothingKnown() throws {
      let first = Self.metrics(.done, outcomes: [Self.daily, Self.broken]).text()
      var blind = Self.metrics(.unavailable, outcomes: [], ended: 1_795_700_000)
      blind.health = nil
      let second = blind.text(after: first)
      blind.reports = nil
      blind.status = .definition
      let third = blind.text(after: second)
      for text in [second, third] {
        let read = try Exposition(text)
        #expect(read.names == (try Exposition(first)).names)
        #expect(read.value("reportgen_report_as_of_timestamp_seconds") == 1_795_631_545.5)
        #expect(read.value("reportgen_report_info", ["title": Self.hostile]) == 1)
        #expect(read.value("reportgen_run_last_success_timestamp_seconds") == 1_795_631_600.25)
      }
      #expect(try Exposition(second).value("reportgen_run_exit_code") == 69)
      #expect(try Exposition(third).value("reportgen_run_exit_code") == 65)
    }

    @Test(
      "whatever lies in the file's place, what comes out is right",
      arguments: [
        "", "\n\n", "reportgen_report_state", "\u{0}\u{1}{}{}{\"",
        "reportgen_report_state{report=\"broken\"} 1\n",
        "reportgen_report_state{environment=\"pro\\\"d\",report=\"broken\",state=\"x} 1\n",
        "reportgen_report_state{environment=\"pro\\\"d\",report=\"broken\"} 1 2 3\nx 1\n",
        "reportgen_report_state{environment=\"staging\",report=\"broken\",state=\"failed\"} 1\n",
        String(repeating: "reportgen_report_info{environment=\"pro\\\"d\",", count: 1000),
      ])
    func foreign(_ earlier: String) throws {
      let text = Self.metrics(outcomes: [Self.daily]).text(after: earlier)
      #expect(text == Self.metrics(outcomes: [Self.daily]).text())
      _ = try Exposition(text)
    }

    @Test("a file cut anywhere gives a file that can be read")
    func cut() throws {
      let whole = Self.metrics(.done, outcomes: [Self.daily, Self.broken]).text()
      var blind = Self.metrics(.unavailable, outcomes: [])
      blind.health = nil
      blind.reports = nil
      for length in stride(from: 0, to: whole.unicodeScalars.count, by: 97) {
        _ = try Exposition(blind.text(after: String(whole.unicodeScalars.prefix(length))))
      }
    }
  }
}
