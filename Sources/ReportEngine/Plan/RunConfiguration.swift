import ReportLedger
import ReportModel

/// What a run, a plan or a verification needs to know besides the reports.
package struct RunConfiguration: Sendable {
  package var project: Project
  package var environment: Project.Environment
  package var servers: Servers
  package var output: ExportRoot
  package var run: RunRecord
  package var options: RunOptions
  package var workMemMegabytes: Int
  package var portionLimit: PortionLimit
  /// Tells older definitions of the same meaning from those that were changed.
  package var fingerprints: FingerprintReader

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
