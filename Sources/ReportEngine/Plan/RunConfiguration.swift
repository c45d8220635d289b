import ReportLedger
import ReportModel

/// What a run, a plan or a verification needs to know besides the reports.
package struct RunConfiguration: Sendable {
  /// `reportgen.yaml`.
  package var project: Project
  /// The one of the project's environments that was chosen.
  package var environment: Project.Environment
  /// The two connection strings of the environment, with the settings of their sessions.
  package var servers: Servers
  /// Where files are written.
  package var output: ExportRoot
  /// What the ledger records of this execution.
  package var run: RunRecord
  /// What the command line asked for besides the reports.
  package var options: RunOptions
  var workMemMegabytes: Int
  var portionLimit: PortionLimit
  /// Computes a stored definition's fingerprint anew, to tell a changed meaning from a changed text.
  package var fingerprints: FingerprintReader

  /// - Parameters: as the properties of the same names.
  package init(
    project: Project, environment: Project.Environment, servers: Servers, output: ExportRoot,
    run: RunRecord, options: RunOptions, workMemMegabytes: Int = 256,
    portionLimit: PortionLimit = PortionLimit(), fingerprints: @escaping FingerprintReader
  ) {
    self.project = project
    self.environment = environment
    self.servers = servers
    self.output = output
    self.run = run
    self.options = options
    self.workMemMegabytes = workMemMegabytes
    self.portionLimit = portionLimit
    self.fingerprints = fingerprints
  }
}

extension RunConfiguration {
  /// What decides how the rows of a portion reach their table, as far as the plan knows it.
  package func wayFacts(of report: Report, _ portion: Portion, _ plan: ReportPlan) -> PublishWay.Facts {
    var facts = PublishWay.Facts(
      report: report, portion: portion, history: plan.history, minRows: project.differenceFrom)
    facts.publishes = options.publishes
    facts.isFullRefresh = options.dates == .fullRefresh
    return facts
  }
}
