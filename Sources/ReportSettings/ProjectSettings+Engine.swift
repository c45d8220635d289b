import ReportDefinitions
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel

extension ProjectSettings {
  /// The servers of an environment, not connected yet.
  package func servers(_ environment: Project.Environment) -> Servers {
    var servers = Servers(
      replica: environment.replica ?? "", primary: environment.primary ?? "",
      owner: environment.owner,
      timezone: project.timezone, statementTimeoutSeconds: environment.statementTimeoutSeconds)
    servers.searchPath = searchPath(environment)
    // REPORTGEN_PRIMARY and REPORTGEN_REPLICA can name other servers.
    let own = sandboxEnvironment
    if environment.name == own.name, environment.primary == own.primary, environment.replica == own.replica {
      let others = project.environments.map(\.name).joined(separator: ", ")
      servers.startHint =
        others.isEmpty
        ? "\"reportgen sandbox up\" starts it."
        : "This is the sandbox: --env chooses another environment (\(others)), \"reportgen sandbox up\" starts it."
    }
    return servers
  }

  /// An environment's own, or that of the project.
  package func searchPath(_ environment: Project.Environment) -> SearchPath {
    let key = environment.searchPath == nil ? "search_path" : "environments.\(environment.name).search_path"
    return SearchPath(environment.searchPath ?? project.searchPath, place: project.places[key])
  }

  /// Reads the ledger of the chosen environment.
  ///
  /// - Throws: As `environment()`.
  package func ledgerReport(maxEntries: Int = 20) throws(RunError) -> LedgerReport {
    var servers = servers(try environment().environment)
    // No SQL of a report runs, and a schema that is not trusted any more should not hide what has happened.
    servers.searchPath = SearchPath()
    return LedgerReport(
      servers: servers, maxEntries: maxEntries, fingerprints: StoredDefinitions.fingerprints)
  }

  /// - Parameters:
  ///   - reports: the reports of the project, when files are written of any.
  ///   - run: what the ledger records of the run.
  /// - Throws: As `environment()` and `languages(of:)`.
  package func runConfiguration(
    _ options: RunOptions, writing reports: [Report] = [], run: RunRecord
  ) throws(RunError) -> RunConfiguration {
    let environment = try environment().environment
    var output = output
    output.languages = try languages(of: reports)
    return RunConfiguration(
      project: project, environment: environment, servers: servers(environment), output: output,
      run: run,
      options: options, fingerprints: StoredDefinitions.fingerprints)
  }
}
