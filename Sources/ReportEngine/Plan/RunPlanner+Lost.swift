import ReportLedger
import ReportModel

/// Summary tables that do not have what the ledger calls published.
extension RunPlanner {
  func loss(of report: Report) -> TableLoss? { tables[report.name]?.loss(of: report) }

  /// The caller asked for everything anew, and all of what was published is gone.
  package func makesLostTable(_ report: Report) -> Bool {
    guard options.parameters.isEmpty, [.restate, .fullRefresh].contains(options.dates) else { return false }
    return loss(of: report)?.canBeMadeAgain ?? false
  }

  /// Why the report must not run: its own table has lost its rows, and this run would bring back some of them at most.
  ///
  /// - Parameter plan: what the run would compute.
  /// - Returns: nil when nothing is lost, or this run makes all of it again.
  package func lostTable(of report: Report, _ plan: ReportPlan) -> Diagnostic? {
    guard options.parameters.isEmpty, let loss = loss(of: report), loss.isWhole else { return nil }
    guard !loss.canBeMadeAgain || !plan.makesLostTable && !report.remakes(plan, options.dates) else {
      return nil
    }
    return diagnostic(loss, of: report, .error)
  }

  /// Why a report must not run that reads a table which has lost its rows: it would publish what is left of them.
  ///
  /// - Parameter selected: names of the reports of this run, which have diagnostics of their own.
  package func lostUpstream(of report: Report, selected: Set<String>) -> Diagnostic? {
    let names = graph.upstream(of: report.name).subtracting(selected).subtracting([report.name])
    for upstream in graph.reports where names.contains(upstream.name) {
      guard let loss = loss(of: upstream), loss.isWhole else { continue }
      let cause = diagnostic(loss, of: upstream, .error)
      return Diagnostic(
        "\"\(report.name)\" cannot run: \(cause.message)", detail: cause.detail, effect: .nothingPublished,
        hint: cause.hint, file: report.sqlFile)
    }
    return nil
  }

  /// What the catalogs say of a table that has some of its rows; nil where nothing is lost, or everything.
  func shrunkTable(of report: Report) -> TableFacts? {
    guard options.parameters.isEmpty, let loss = loss(of: report), !loss.isWhole else { return nil }
    return tables[report.name]
  }

  /// Rows that are missing among others.
  package func shrunkWarning(of report: Report) -> Diagnostic? {
    shrunkTable(of: report)?.loss(of: report).map { diagnostic($0, of: report, .warning) }
  }

  /// Intervals that are lost for good.
  package func warnings(of report: Report, _ plan: ReportPlan) -> [Diagnostic] {
    var warnings: [Diagnostic] = []
    if let missed = plan.intervals.missedWarning(report) { warnings.append(missed) }
    if let names = report.period.names(of: plan.unrecoverable) {
      warnings.append(
        Diagnostic(
          .warning,
          "\(counted(plan.unrecoverable.count, "interval")) of \"\(report.name)\" cannot be computed any more",
          detail:
            "\(names): a summary table that it reads does not keep these days, and their rows are gone.",
          file: report.metadataFile))
    }
    return warnings
  }

  private func diagnostic(_ loss: TableLoss, of report: Report, _ severity: Diagnostic.Severity) -> Diagnostic
  {
    loss.diagnostic(
      report, intervals: tables[report.name]?.publishedIntervals ?? 0, severity,
      effect: severity == .error ? .nothingPublished : nil)
  }
}

extension Report {
  /// The plan computes all that has rows, so that nothing is missing afterwards.
  fileprivate func remakes(_ plan: ReportPlan, _ dates: DateSelection) -> Bool {
    guard !plan.portions.isEmpty else { return false }
    return materialization.kind == .view || materialization.kind == .table || plan.intervals.isWhole
      || plan.othersPublished(dates) == 0
  }
}

extension DependencyGraph {
  /// The reports and all that they read, directly or not, each once.
  func withUpstream(of selected: [Report]) -> [Report] {
    let names = selected.reduce(into: Set(selected.map(\.name))) { $0.formUnion(upstream(of: $1.name)) }
    let known = reports.filter { names.contains($0.name) }
    return known + selected.filter { report in !known.contains { $0.name == report.name } }
  }
}
