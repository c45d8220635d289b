import ArgumentParser
import Foundation
import PostgresClient
import ReportDefinitions
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import Sandbox

/// The project that a command works on: its folder, configuration, reports and chosen environment.
struct ProjectContext {
  let directory: String
  let project: Project
  let loader: ProjectLoader
  let options: GlobalOptions

  /// - Throws: `Ending` 65 with every mistake of `reportgen.yaml`.
  init(_ options: GlobalOptions) throws {
    Console.use(try options.chosenLogFormat())
    directory = try Self.directory(options)
    loader = ProjectLoader(directory: directory)
    let loaded = loader.loadProject()
    guard !loaded.hasErrors else { throw end(loaded.diagnostics, .definition) }
    Console.report(loaded.diagnostics)
    project = loaded.value
    self.options = options
  }

  private static func directory(_ options: GlobalOptions) throws -> String {
    let manager = FileManager.default
    let current = manager.currentDirectoryPath
    if let named = options.project ?? ProcessInfo.processInfo.environment["REPORTGEN_PROJECT"] {
      return URL(filePath: named, relativeTo: URL(filePath: current + "/")).standardizedFileURL.path
    }
    var folder = URL(filePath: current)
    while folder.path != "/" {
      if manager.fileExists(atPath: folder.appending(path: "reportgen.yaml").path) { return folder.path }
      folder.deleteLastPathComponent()
    }
    return current
  }

  // MARK: Reports

  /// - Throws: `Ending` 65 with every mistake of every file.
  func loadReports() throws -> [Report] {
    let loaded = loader.loadReports(project)
    guard !loaded.hasErrors else { throw end(loaded.diagnostics, .definition) }
    if options.verbose { Console.report(loaded.diagnostics) }
    return loaded.value
  }

  func select(_ selection: SelectionOptions, from graph: DependencyGraph, orAll: Bool = false) throws
    -> [Report]
  {
    let chosen: [Report]
    do {
      chosen = try Selection(
        patterns: selection.names, tags: selection.tag, all: selection.all || selection.isEmpty,
        excluded: selection.exclude
      ).apply(to: graph)
    } catch {
      throw end([error], .usage)
    }
    guard !chosen.isEmpty || orAll else {
      throw end(
        [Diagnostic("no report is chosen", hint: "\"reportgen list\" shows every report.")], .usage)
    }
    return chosen
  }

  // MARK: Environment

  var sandbox: Sandbox {
    Sandbox(projectDirectory: directory, settings: project.sandbox, timezone: project.timezone)
  }

  var environmentName: String {
    options.env ?? ProcessInfo.processInfo.environment["REPORTGEN_ENV"] ?? project.defaultEnvironment
  }

  /// Option over `REPORTGEN_*` over file over default.
  func environment() throws -> Project.Environment {
    let variables = ProcessInfo.processInfo.environment
    let name = environmentName
    var environment: Project.Environment
    if name == Project.sandboxName {
      environment = sandboxEnvironment
    } else if let found = project.environments.first(where: { $0.name == name }) {
      environment = found
    } else {
      let known = ([Project.sandboxName] + project.environments.map(\.name)).joined(separator: ", ")
      throw end(
        [Diagnostic("no environment is named \"\(name)\"", hint: "reportgen.yaml has: \(known).")],
        .definition)
    }
    if let replica = variables["REPORTGEN_REPLICA"] { environment.replica = replica }
    if let primary = variables["REPORTGEN_PRIMARY"] { environment.primary = primary }
    return environment
  }

  private var sandboxEnvironment: Project.Environment {
    Project.Environment(
      name: Project.sandboxName, replica: sandbox.conninfo(.replica, user: "reportgen_reader"),
      primary: sandbox.conninfo(.primary, user: "reportgen_writer"), owner: "reportgen_owner")
  }

  func servers(_ environment: Project.Environment) -> Servers {
    var servers = Servers(
      replica: environment.replica ?? "", primary: environment.primary ?? "", owner: environment.owner,
      timezone: project.timezone, statementTimeoutSeconds: environment.statementTimeoutSeconds)
    // REPORTGEN_PRIMARY and REPORTGEN_REPLICA may lead elsewhere.
    let own = environment.name == Project.sandboxName ? sandboxEnvironment : nil
    if let own, own.primary == environment.primary, own.replica == environment.replica {
      servers.startHint = "\"reportgen sandbox up\" starts it."
    }
    return servers
  }

  /// What the ledger says, to people and to programs.
  func ledgerReport(maxEntries: Int = 20) throws -> LedgerReport {
    LedgerReport(
      servers: servers(try environment()), maxEntries: maxEntries,
      fingerprints: StoredDefinitions.fingerprints)
  }

  func runConfiguration(_ options: RunOptions, run: UUID = UUID()) throws -> RunConfiguration {
    let environment = try environment()
    return RunConfiguration(
      project: project, environment: environment, servers: servers(environment), output: output,
      run: RunRecord(
        id: run, host: ProcessInfo.processInfo.hostName, processID: ProcessInfo.processInfo.processIdentifier,
        version: Version.number, arguments: Array(CommandLine.arguments.dropFirst())),
      options: options, fingerprints: StoredDefinitions.fingerprints)
  }

  var output: ExportRoot {
    let path = URL(filePath: project.output, relativeTo: URL(filePath: directory + "/")).standardizedFileURL
      .path
    return ExportRoot(
      path: path, shown: project.output, host: ProcessInfo.processInfo.hostName, generator: Version.text)
  }
}
