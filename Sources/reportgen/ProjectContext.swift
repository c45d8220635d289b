import Foundation
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings

/// The project that a command works on, with the command's own options.
struct ProjectContext {
  let settings: ProjectSettings
  let options: GlobalOptions

  /// Prints warnings about reportgen.yaml.
  ///
  /// - Throws: `RunError`, 65 with every error in reportgen.yaml.
  init(_ options: GlobalOptions) throws {
    let surroundings = Surroundings.ofProcess
    Console.use(try LogFormat.setting(options.logFormat, in: surroundings).value)
    settings = try ProjectSettings(
      SettingOptions(project: options.project, environment: options.env), in: surroundings)
    Console.report(settings.warnings)
    self.options = options
  }

  /// - Throws: `RunError`, 65 with every error of every definition.
  func loadReports() throws -> [Report] {
    let loaded = try settings.loadReports()
    if options.verbose { Console.report(loaded.diagnostics) }
    return loaded.value
  }

  /// The same with what the server says of reports whose SQL it parses; connects only when there are any.
  ///
  /// - Throws: as `loadReports`; `RunError` with status 130.
  func loadRunnableReports() async throws -> [Report] {
    let reports = try loadReports()
    let reads = ServerReads(settings.servers(try settings.environment().environment))
    do {
      return try await withInterruption { try await reads.adding(.summaryTables, to: reports) }
    } catch is CancellationError {
      throw RunError.interruptedAsking
    }
  }

  /// - Throws: `RunError`, 64 when nothing is chosen.
  func select(_ selection: SelectionOptions, from graph: DependencyGraph, orAll: Bool = false) throws
    -> [Report]
  {
    try Selection(
      patterns: selection.names, tags: selection.tag, all: selection.all || selection.isEmpty,
      excluded: selection.exclude
    ).reports(of: graph, mayBeEmpty: orAll)
  }

  func runConfiguration(_ options: RunOptions, run: UUID = UUID()) throws -> RunConfiguration {
    let process = ProcessInfo.processInfo
    return try settings.runConfiguration(
      options,
      run: RunRecord(
        id: run, host: process.hostName, processID: process.processIdentifier, version: Version.number,
        arguments: Array(CommandLine.arguments.dropFirst())))
  }
}

extension Surroundings {
  static var ofProcess: Surroundings {
    Surroundings(
      variables: ProcessInfo.processInfo.environment, directory: FileManager.default.currentDirectoryPath,
      hostName: ProcessInfo.processInfo.hostName)
  }
}
