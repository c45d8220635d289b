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
    let surroundings = try Surroundings.ofProcess()
    Console.use(
      try LogFormat.setting(options.logFormat, in: surroundings).value, isVerbose: options.verbose)
    Console.report([PasswordFile.warning()].compactMap(\.self))
    settings = try ProjectSettings(
      SettingOptions(project: options.project, environment: options.env), in: surroundings)
    Console.report(PasswordFile.warnings(settings) + settings.warnings)
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

  /// - Parameter reports: the reports of the project, for a command that writes files.
  func runConfiguration(_ options: RunOptions, writing reports: [Report] = [], run: UUID = UUID()) throws
    -> RunConfiguration
  {
    let process = ProcessInfo.processInfo
    return try settings.runConfiguration(
      options, writing: reports,
      run: RunRecord(
        id: run, host: process.hostName, processID: process.processIdentifier, version: Version.number,
        arguments: try CommandArguments.read()))
  }
}

extension Surroundings {
  /// - Throws: `RunError` 65 when the current directory has been removed: every relative path would be a guess.
  static func ofProcess() throws(RunError) -> Surroundings {
    guard let directory = getcwd(nil, 0) else {
      throw RunError(
        .definition,
        SystemError(doing: "find the current directory", code: errno).diagnostic(
          hint: "It was removed, or moved out of sight. Change to a folder that exists."))
    }
    defer { free(directory) }
    return Surroundings(
      variables: ProcessInfo.processInfo.environment, directory: String(cString: directory),
      hostName: ProcessInfo.processInfo.hostName)
  }
}
