import ArgumentParser
import ProcessRunner
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check everything that a run depends on; show what is wrong and how to correct it.",
    usage: "reportgen doctor [<options>]",
    discussion: """
      Servers and replication, settings that hurt reports, archiving and backups, Patroni and etcd
      where they are configured, rights, the ledger, clocks and the disk. Writes nothing.

      EXAMPLES:
        reportgen doctor
        reportgen doctor --env production --format json

      EXIT CODES:
        0    no problem, perhaps warnings
        1    a problem
        69   a server that runs need cannot be reached
        75   the cluster keeps runs waiting: the primary's address is not on its leader
      """)

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let context = try ProjectContext(global)
    let settings = context.settings
    let environment = try settings.environment().environment
    // Wrong definitions are a finding: everything else is looked at all the same.
    let loaded = settings.readReports()
    let graph = loaded.hasErrors ? nil : DependencyGraph(loaded.value)
    let engine = DoctorEngine(
      environment: environment, servers: settings.servers(environment), output: settings.output,
      configuration: try SettingsList(settings).entries.map { ($0.name, $0.value, "\($0.source)") },
      graph: graph
    ) { command in
      await command.output(named: "backup.info", in: settings.directory.value, within: Self.patience)
    }
    var findings = try await withInterruption { try await engine.examine() }
    if let error = loaded.diagnostics.first(where: { $0.severity == .error }) {
      findings.append(Finding(wrongDefinition: error))
    }
    if global.format == .json {
      try Console.printJSON(findings)
    } else {
      Console.print(Self.text(findings))
    }
    try findings.status.exit()
  }

  /// How long the command of backup.info may take.
  private static let patience = Duration.seconds(30)

  /// A table of all findings, then the hints.
  static func text(_ findings: [Finding]) -> String {
    let rows = findings.map { [$0.level.rawValue, $0.area.rawValue, $0.subject, $0.fact] }
    let hints = findings.compactMap { finding in
      finding.hint.map {
        [
          "\(finding.level.rawValue): \(finding.area.rawValue), \(finding.subject)", "  hint: \($0)",
        ].visibleLines
      }
    }
    let table = Console.table([["STATE", "AREA", "WHAT", "FINDING"]] + rows)
    return hints.isEmpty ? table : table + "\n\n" + hints.joined()
  }
}
