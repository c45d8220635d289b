import Foundation
import ReportModel

/// What one execution of the command did.
package struct RunResult: Sendable {
  package var runID: UUID
  /// One for each selected report, also for those that were not reached.
  package var reports: [ReportOutcome]
  /// Files of several reports, from the output folder, with it in front; manifests among them.
  package var workbooks: [String] = []
  /// Findings that belong to no report: no server, no ledger, wrong usage.
  package var diagnostics: [Diagnostic]
  /// Of `diagnostics` alone; `done` when there are none.
  package var ownStatus: ExitStatus

  /// The exit status of the command, by `ExitStatus.combined`.
  package var status: ExitStatus { ExitStatus.combined([ownStatus] + reports.map(\.status)) }

  package init(
    runID: UUID, reports: [ReportOutcome] = [], diagnostics: [Diagnostic] = [], ownStatus: ExitStatus = .done
  ) {
    self.runID = runID
    self.reports = reports
    self.diagnostics = diagnostics
    self.ownStatus = ownStatus
  }
}
