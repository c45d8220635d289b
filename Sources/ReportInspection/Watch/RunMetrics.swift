import ReportLedger
import ReportModel

/// The metrics file of a run for Prometheus: how the run ended, and the status of every report of the project.
///
/// Pure. The samples of the earlier file are kept for reports that this run did not select, and for all of them when the
/// ledger could not be read: an alert on a series that vanishes would end.
package struct RunMetrics: Sendable {
  var environment: String
  var version: String
  /// Seconds since 1970.
  var began: Double
  var ended: Double
  var status: ExitStatus
  /// Of the reports of this run.
  package var outcomes: [ReportOutcome] = []
  /// Every report of the project; nil when the definitions could not be read.
  package var reports: [Report]?
  /// By the ledger; nil when it could not be read.
  package var health: [ReportHealth]?

  /// - Parameters:
  ///   - began: seconds since 1970.
  ///   - ended: seconds since 1970.
  package init(environment: String, version: String, began: Double, ended: Double, status: ExitStatus) {
    self.environment = environment
    self.version = version
    self.began = began
    self.ended = ended
    self.status = status
  }

  /// The whole file.
  ///
  /// - Parameter earlier: the file that it replaces; nil when there was none.
  package func text(after earlier: String? = nil) -> String {
    let earlier = EarlierMetrics(earlier ?? "", environment: environment)
    return (ofRun(earlier) + ofOutcomes(earlier) + ofLedger(earlier)).map(\.text).joined()
  }

  // MARK: The run

  private func ofRun(_ earlier: EarlierMetrics) -> [MetricFamily] {
    func family(_ name: String, _ help: String, _ value: MetricValue) -> MetricFamily {
      MetricFamily(name, help, [sample(value)])
    }
    var success = MetricFamily(
      "reportgen_run_last_success_timestamp_seconds", "When a run that writes this file last ended with 0.",
      [])
    success.lines =
      status == .done
      ? [success.line(sample(.seconds(ended)))] : earlier.lines(of: success.name).map(\.text)
    return [
      MetricFamily(
        "reportgen_build_info", "The version of reportgen that wrote this file.",
        [sample(.count(1), [("version", version)])]),
      family("reportgen_run_start_timestamp_seconds", "When the last run began.", .seconds(began)),
      family("reportgen_run_end_timestamp_seconds", "When the last run ended.", .seconds(ended)),
      family("reportgen_run_duration_seconds", "How long the last run took.", .seconds(ended - began)),
      family(
        "reportgen_run_exit_code", "The exit code of the last run; 0 is good, 75 means try again later.",
        .count(Int(status.rawValue))), success,
    ]
  }

  // MARK: The outcome of each report in its last run

  private func ofOutcomes(_ earlier: EarlierMetrics) -> [MetricFamily] {
    func family(_ name: String, _ help: String, _ value: (ReportOutcome) -> MetricValue) -> MetricFamily {
      ofEach(name, help, earlier) { [sample(value($0), [("report", $0.report.name)])] }
    }
    return [
      family(
        "reportgen_report_last_run_timestamp_seconds", "When the last run that had the report ended."
      ) { _ in .seconds(ended) },
      ofEach("reportgen_report_state", "1 for what became of the report in that run.", earlier) { outcome in
        ReportOutcome.State.allCases.map { state in
          sample(
            .count(state == outcome.state ? 1 : 0),
            [("report", outcome.report.name), ("state", state.rawValue)])
        }
      },
      family("reportgen_report_exit_code", "What the report alone would have ended that run with.") {
        .count(Int($0.status.rawValue))
      },
      family("reportgen_report_read_rows", "Rows read in that run.") { .count($0.counts.read) },
      family("reportgen_report_inserted_rows", "Rows added in that run.") { .count($0.counts.inserted) },
      family("reportgen_report_updated_rows", "Rows changed in that run.") { .count($0.counts.updated) },
      family("reportgen_report_deleted_rows", "Rows removed in that run.") { .count($0.counts.deleted) },
      family("reportgen_report_attempts", "Attempts behind what that run published.") {
        .count($0.attempts)
      },
      family("reportgen_report_owed_intervals", "Intervals whose files are owed after that run.") {
        .count($0.owedFiles.count)
      },
      ofEach("reportgen_report_step_seconds", "Seconds of each step in that run.", earlier) { outcome in
        outcome.seconds.seconds.map { step, seconds in
          sample(.seconds(seconds), [("report", outcome.report.name), ("step", step)])
        }
      },
    ]
  }

  private func ofEach(
    _ name: String, _ help: String, _ earlier: EarlierMetrics, _ samples: (ReportOutcome) -> [MetricSample]
  ) -> MetricFamily {
    var family = MetricFamily(name, help, outcomes.flatMap(samples))
    let isNew = Set(outcomes.map(\.report.name))
    let isKnown = reports.map { Set($0.map(\.name)) }
    for line in earlier.lines(of: name) {
      guard let report = line.report, !isNew.contains(report), isKnown?.contains(report) ?? true else {
        continue
      }
      family.lines.append(line.text)
    }
    family.lines.sort()
    return family
  }

  // MARK: The status of each report by the ledger

  private func ofLedger(_ earlier: EarlierMetrics) -> [MetricFamily] {
    func family(_ name: String, _ help: String, _ value: (ReportHealth) -> MetricValue?) -> MetricFamily {
      var family = MetricFamily(
        name, help,
        (health ?? []).compactMap { health in
          value(health).map { sample($0, [("report", health.report.name)]) }
        })
      if health == nil { family.lines = kept(name, earlier) }
      return family
    }
    return [
      info(earlier),
      family(
        "reportgen_report_as_of_timestamp_seconds", "The moment that the newest published rows are true for."
      ) { $0.freshness.asOf.map(MetricValue.seconds) },
      family(
        "reportgen_report_newest_interval_end_timestamp_seconds", "Where the newest published interval ends."
      ) { $0.freshness.newestEnd.map(MetricValue.seconds) },
      family("reportgen_report_missing_intervals", "Closed intervals that are not published.") {
        .count($0.status.missing)
      },
      family("reportgen_report_failed_intervals", "Intervals whose newest attempt failed.") {
        .count($0.status.failedIntervals.count)
      },
      family(
        "reportgen_report_table_lost", "1 when the summary table does not have the rows that are published."
      ) { .count($0.isLost ? 1 : 0) },
      family(
        "reportgen_report_late_after_timestamp_seconds",
        "When the report is late unless something newer is published; of reports with expect_within."
      ) { $0.freshness.lateAfter.map(MetricValue.seconds) },
    ]
  }

  private func info(_ earlier: EarlierMetrics) -> MetricFamily {
    let name = "reportgen_report_info"
    var family = MetricFamily(
      name, "Title and owner of each report.",
      (reports ?? []).map { report in
        sample(
          .count(1), [("report", report.name), ("title", report.title), ("owner", report.owner ?? "")])
      })
    if reports == nil { family.lines = kept(name, earlier) }
    return family
  }

  private func kept(_ name: String, _ earlier: EarlierMetrics) -> [String] {
    let known = reports.map { Set($0.map(\.name)) }
    return earlier.lines(of: name).filter { line in
      line.report.map { known?.contains($0) ?? true } ?? false
    }.map(\.text)
  }

  private func sample(_ value: MetricValue, _ labels: [(String, String)] = []) -> MetricSample {
    MetricSample(labels: [("environment", environment)] + labels, value: value)
  }
}
