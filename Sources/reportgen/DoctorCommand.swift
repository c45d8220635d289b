import ArgumentParser
import Foundation
import PostgresClient
import ProcessRunner
import ReportEngine
import ReportModel

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look at everything that a run depends on, and say what is wrong and how to mend it.",
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
      """)

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let context = try ProjectContext(global)
    let environment = try context.environment()
    let engine = DoctorEngine(
      environment: environment, servers: context.servers(environment), output: context.output,
      configuration: ConfigurationList(context: context, environment: environment).entries
    ) { [directory = context.directory] command in
      await command.output(named: "backup.info", in: directory, within: Self.patience)
    }
    let findings = try await withInterruption { try await engine.examine() }
    if global.format == .json {
      try Console.printJSON(findings)
    } else {
      Console.print(Self.text(findings))
    }
    try findings.status.exit()
  }

  private static let patience = Duration.seconds(30)

  /// A table, then how to mend what is not well.
  static func text(_ findings: [Finding]) -> String {
    let rows = findings.map { [$0.level.rawValue, $0.area.rawValue, $0.subject, $0.fact] }
    let hints = findings.compactMap { finding in
      finding.hint.map {
        "\(finding.level.rawValue): \(finding.area.rawValue), \(finding.subject)\n  hint: \($0)"
      }
    }
    let table = Console.table([["STATE", "AREA", "WHAT", "FINDING"]] + rows)
    return hints.isEmpty ? table : table + "\n\n" + hints.joined(separator: "\n")
  }
}

/// Each setting of the chosen environment and where it came from; secrets left out.
struct ConfigurationList {
  let context: ProjectContext
  let environment: Project.Environment

  private static let file = "reportgen.yaml"

  var entries: [(name: String, value: String, source: String)] {
    let usual = Project.Environment(name: environment.name)
    let usualProject = Project()
    let isSandbox = environment.name == Project.sandboxName
    func entry(_ name: String, _ value: String, isDefault: Bool) -> (String, String, String) {
      (name, value, isDefault ? "default" : Self.file)
    }
    let named = isSandbox ? "the sandbox" : Self.file
    var entries = [
      ("project", context.directory, projectSource), ("environment", environment.name, environmentSource),
      entry(
        "timezone", context.project.timezone, isDefault: context.project.timezone == usualProject.timezone),
      entry("output", context.project.output, isDefault: context.project.output == usualProject.output),
      ("primary", described(environment.primary), source("REPORTGEN_PRIMARY", named)),
      ("replica", described(environment.replica), source("REPORTGEN_REPLICA", named)),
      ("owner", environment.owner ?? "the role that connects", environment.owner == nil ? "default" : named),
      entry(
        "on_lag", "wait \(environment.lagWaitSeconds)s, then \(environment.lagging.rawValue)",
        isDefault: (environment.lagWaitSeconds, environment.lagging) == (usual.lagWaitSeconds, usual.lagging)),
      entry(
        "confirm", "\(environment.confirm.rawValue), within \(environment.confirmWaitSeconds)s",
        isDefault: (environment.confirm, environment.confirmWaitSeconds)
          == (usual.confirm, usual.confirmWaitSeconds)),
      entry(
        "reconnect_wait", "\(environment.reconnectWaitSeconds)s",
        isDefault: environment.reconnectWaitSeconds == usual.reconnectWaitSeconds),
      entry(
        "statement_timeout", "\(environment.statementTimeoutSeconds)s",
        isDefault: environment.statementTimeoutSeconds == usual.statementTimeoutSeconds),
    ]
    if let backup = environment.backup {
      let words =
        if case .program(let words) = backup.info { words.joined(separator: " ") } else { "a shell line" }
      entries.append(("backup", "\(words), at most \(backup.maxAgeSeconds / 3600)h old", Self.file))
    }
    for (name, urls) in [("patroni", environment.patroni), ("etcd", environment.etcd)] where !urls.isEmpty {
      entries.append((name, urls.joined(separator: " "), Self.file))
    }
    return entries
  }

  private var environmentSource: String {
    if context.options.env != nil { return "--env" }
    let variables = ProcessInfo.processInfo.environment
    if variables["REPORTGEN_ENV"] != nil { return "REPORTGEN_ENV" }
    return environment.name == Project().defaultEnvironment ? "default" : "default_env of \(Self.file)"
  }

  private var projectSource: String {
    if context.options.project != nil { return "--project" }
    let isNamed = ProcessInfo.processInfo.environment["REPORTGEN_PROJECT"] != nil
    return isNamed ? "REPORTGEN_PROJECT" : "the nearest \(Self.file)"
  }

  private func source(_ variable: String, _ otherwise: String) -> String {
    ProcessInfo.processInfo.environment[variable] == nil ? otherwise : variable
  }

  private func described(_ conninfo: String?) -> String {
    (try? Connection.describe(conninfo ?? "", ConnectionOptions(name: "server"))) ?? "not readable"
  }
}
