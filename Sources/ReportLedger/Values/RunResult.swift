import Foundation
import ReportModel

/// What one execution of the command did.
package struct RunResult: Sendable {
  package var runID: UUID
  package var reports: [ReportOutcome]
  /// Findings that belong to no report: no server, no ledger, wrong usage.
  package var diagnostics: [Diagnostic]
  package var ownStatus: ExitStatus

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
