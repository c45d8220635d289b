import Foundation
import ReportLedger
import ReportModel

/// What all parts of one run share and none of them changes.
struct RunContext: Sendable {
  let configuration: RunConfiguration
  /// Every report of the project.
  let graph: DependencyGraph
  /// Called for each event, in the order of the events of one report.
  let observe: @Sendable (RunEvent) -> Void

  var runID: UUID { configuration.run.id }
  var options: RunOptions { configuration.options }
  var environment: Project.Environment { configuration.environment }
  var servers: Servers { configuration.servers }
  var output: ExportRoot { configuration.output }
  var timezone: String { configuration.project.timezone }
  /// Whether rows may reach summary tables: not with `--dry-run`, nor with parameters other than the defaults.
  var publishes: Bool { options.publishes }
  var gate: ReplicaGate { ReplicaGate(servers: servers, environment: environment) }

  func step(_ step: String, of report: Report) { observe(.step(report: report.name, step: step)) }
  func waiting(_ report: Report) { observe(.waiting(report: report.name)) }
}
