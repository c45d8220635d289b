import Foundation
import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// What people and programs read at the end of a run.
  @Suite struct RunSummaryTests {
    static let asOf = AsOf(
      position: WALPosition(rawValue: 0x5_C000_00A8), time: "2026-01-08 04:30:12 MSK",
      isoTime: "2026-01-08 04:30:12.123456+03", today: Definition.date("2026-01-08"), timeline: 3,
      snapshot: "00000003-0000001B-1", replica: "pg1:5432")

    static func outcome(
      _ report: Report, _ state: ReportOutcome.State, _ status: ReportModel.ExitStatus = .done,
      _ change: (inout ReportOutcome) -> Void = { _ in }
    ) -> ReportOutcome {
      var outcome = ReportOutcome(report: report, state: state, status: status)
      change(&outcome)
      return outcome
    }

    static let samples: RowSamples = {
      var samples = RowSamples()
      samples.added = [RowSample(columns: ["month", "item"], values: ["2025-12-01", "Чай, чёрный"])]
      samples.removed = [nil, "Mug"].map {
        RowSample(columns: ["month", "item"], values: ["2025-12-01", $0])
      }
      return samples
    }()

    static let result: RunResult = {
      var seconds = StepSeconds()
      seconds.add("read", .milliseconds(12))
      seconds.add("publish", .milliseconds(3))
      let days = Sample.days("2026-01-06", "2026-01-07", "2026-01-08")
      return RunResult(
        runID: UUID(uuidString: "01234567-89AB-CDEF-0123-456789ABCDEF") ?? UUID(),
        reports: [
          outcome(Sample.report("sales-daily"), .confirmed) {
            $0.intervals = days
            $0.openIntervals = [days[2]]
            $0.counts = RowCounts(read: 9, inserted: 3, updated: 2, deleted: 1, unchanged: 4)
            $0.asOf = asOf
            $0.attempts = 1
            $0.expiredIntervals = Sample.days("2025-12-30", "2025-12-31")
            $0.expiredRows = 12
            $0.removedFolders = ["out/sales-daily/2025-12-07"]
            $0.outdated = 4
            $0.seconds = seconds
            $0.files = days.flatMap { day in
              ["csv", "html"].map { "out/sales-daily/\(day.start)/sales-daily.\($0)" }
            }
          },
          outcome(Sample.report("checked"), .failed, .failed) {
            $0.intervals = [days[0]]
            $0.failedIntervals = [days[1]]
            $0.leftForLater = 7
            $0.counts = RowCounts(read: 1, inserted: 1)
            $0.diagnostics = [
              Diagnostic(
                "check rows failed: 0 rows", detail: "What was published before is unchanged.",
                file: "reports/checked.yaml", place: SourcePlace(line: 9, column: 5))
            ]
            $0.owedFiles = (1...5).map { "out/checked/2026-01-0\($0)" }
          },
          outcome(Sample.report("equal", .table, period: .none), .published, .tryAgain) {
            $0.counts = RowCounts(read: 1, unchanged: 1)
            $0.asOf = asOf
          },
          outcome(Sample.report("view", .view, period: .none), .confirmed) { $0.counts.read = 3 },
          outcome(Sample.report("monthly", period: .month), .dryRun) {
            $0.intervals = [Sample.interval("2025-12-01", "2026-01-01")]
            $0.counts = RowCounts(read: 2, inserted: 1, deleted: 5, unchanged: 1)
            $0.samples = samples
            $0.expiredIntervals = [Sample.interval("2022-12-01", "2023-01-01")]
            $0.expiredRows = 1
          },
          outcome(Sample.report("files", .none), .exported) { $0.counts.read = 4 },
          outcome(Sample.report("done"), .upToDate),
          outcome(Sample.report("skipped"), .skipped, .failed) {
            $0.diagnostics = [Diagnostic(.warning, "careful", hint: "Look.")]
          },
        ],
        diagnostics: [Diagnostic("no server could be reached")])
    }()

    @Test("names with control characters end no line of a summary, a plan or a verification")
    func oneLine() {
      let report = Sample.report("sale", table: "sale\n  csv    out/forged\u{1B}[2J")
      let outcome = Self.outcome(report, .confirmed) {
        $0.grants = ["GRANT SELECT ON a TO \"b\nc\""]
        $0.owedFiles = ["out\u{2028}/sale/2026-01-06"]
      }
      let text = RunSummary.text(outcome)
      #expect(text.split(separator: "\n").count == 4 && !text.contains("\u{1B}"), "\(text)")
      #expect(text.contains(#"sale\n  csv    out/forged\x1b[2J"#) && text.contains(#"TO "b\nc""#))
      #expect(text.contains(#"out\u2028/sale"#))
    }

    @Test("a run's summary as text")
    func text() throws {
      try expectGolden(RunSummary.text(Self.result), "engine/summary.txt")
    }

    @Test("a run's summary as JSON, which programs rely on")
    func json() throws {
      let document = RunDocument(Self.result)
      let text = try jsonText(document)
      try expectGolden(text, "engine/run.json")
      #expect(try JSONDecoder().decode(RunDocument.self, from: Data(text.utf8)) == document)
    }

    @Test("the worst outcome is the run's")
    func status() {
      #expect(Self.result.status == .failed)
      #expect(RunResult(runID: UUID(), ownStatus: .unavailable).status == .unavailable)
      #expect(RunResult(runID: UUID()).status == .done)
    }

    @Test("a definition as show prints it")
    func definition() throws {
      let report = Sample.report(
        "sales-daily", key: ["day"], reads: ["other"], tags: ["nightly"],
        parameters: [Parameter(name: "ids", type: .integer, isList: true)],
        columns: [
          Column(name: "day", title: "Day"), Column(name: "amount", description: "Sum.", type: "numeric"),
        ]
      ) {
        $0.lookback = 3
        $0.retention = Retention("3 years")
        $0.onChange = .restate
      }
      let graph = DependencyGraph([
        report, Sample.report("other"), Sample.report("reader", reads: ["sales_daily"]),
      ])
      try expectGolden(ReportDocument(report, graph: graph).text + "\n", "engine/definition.txt")
    }

    @Test("a definition's SQL is filled in for psql")
    func filled() {
      let report = Sample.report(
        parameters: [Parameter(name: "region", type: .text, defaultValue: .scalar("RU"))],
        sql: "select :region, :start, :end")
      #expect(
        report.filledSQL(interval: Sample.interval("2026-01-01", "2026-01-02"), timezone: "UTC")
          == "select 'RU'::text, '2026-01-01'::date, '2026-01-02'::date")
      #expect(report.filledSQL(interval: nil, timezone: "UTC") == "select 'RU'::text, :start, :end")
    }

    private static func failed(_ name: String, _ diagnostics: Diagnostic...) -> ReportOutcome {
      outcome(Sample.report(name), .failed, .tryAgain) { $0.diagnostics = diagnostics }
    }

    @Test("an equal diagnostic of several reports is printed once and names them")
    func equalDiagnostics() {
      let lag = Diagnostic(
        "replica \"pg1\" has not replayed 0/5C0000A8", detail: "Waited 60 s; it has replayed 0/5B1200F8.",
        effect: .nothingPublished, hint: "Run again later.")
      let check = Diagnostic("check rows failed: 0 rows", file: "reports/b.yaml")
      let outcomes = [
        Self.failed("a", lag), Self.failed("b", check, lag, lag), Self.failed("c", lag),
      ]
      #expect(
        RunSummary.diagnostics(of: outcomes).map(\.description).joined(separator: "\n") == """
          error: replica "pg1" has not replayed 0/5C0000A8
            detail: Waited 60 s; it has replayed 0/5B1200F8. Reports: a, b, c. Nothing was published.
            hint: Run again later.
          reports/b.yaml: error: check rows failed: 0 rows
          """)
    }

    @Test("diagnostics that differ in anything stay apart, and so does one report's own")
    func differentDiagnostics() {
      let diagnostics = [
        Diagnostic("lost"), Diagnostic(.warning, "lost"), Diagnostic("lost", detail: "Waited 1 s."),
        Diagnostic("lost", file: "reports/a.sql"), Diagnostic("lost", effect: .nothingChanged),
      ]
      let outcomes = zip(["a", "b", "c", "d", "e"], diagnostics).map { Self.failed($0, $1) }
      #expect(RunSummary.diagnostics(of: outcomes) == diagnostics)
    }

    @Test("of many reports ten are named")
    func manyReports() {
      let outcomes = (1...12).map { Self.failed("r\($0)", Diagnostic("lost")) }
      #expect(
        RunSummary.diagnostics(of: outcomes).map(\.detail)
          == ["Reports: r1, r2, r3, r4, r5, r6, r7, r8, r9, r10 and 2 more."])
    }
  }
}
