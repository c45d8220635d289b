import Foundation
import ReportDefinitions
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import Sandbox

/// A project's folder and configuration, and what options and `REPORTGEN_*` change of it.
///
/// Every setting is resolved here: option over variable over reportgen.yaml over default.
package struct ProjectSettings: Sendable {
  static let file = ProjectLoader.projectFile

  /// The project's folder, absolute.
  package let directory: Setting<String>
  /// As reportgen.yaml has it, without options and variables.
  package let project: Project
  /// Warnings about reportgen.yaml.
  package let warnings: [Diagnostic]
  /// The chosen environment, which need not be defined: `environment()` looks it up.
  package let environmentName: Setting<String>
  /// Reads the project's definitions.
  package let loader: ProjectLoader
  /// The folder of the sandbox's PostgreSQL, absolute; nil for the newest that is installed.
  package let sandboxPostgres: Setting<String>?
  /// The project's sandbox, whichever environment is chosen.
  package let sandbox: Sandbox
  let surroundings: Surroundings

  /// Finds the project's folder and reads its reportgen.yaml.
  ///
  /// - Throws: Status 65 with every error in reportgen.yaml.
  package init(_ options: SettingOptions, in surroundings: Surroundings) throws(RunError) {
    self.surroundings = surroundings
    directory = try Self.directory(options, surroundings)
    loader = ProjectLoader(directory: directory.value)
    let loaded = loader.loadProject()
    guard !loaded.hasErrors else { throw RunError(.definition, loaded.diagnostics) }
    warnings = loaded.diagnostics
    project = loaded.value
    environmentName =
      options.environment.map { Setting($0, from: .option("--env")) }
      ?? surroundings.setting("REPORTGEN_ENV")
      ?? Setting(project.defaultEnvironment, from: Self.source("default_env", in: project))
    sandboxPostgres = Self.sandboxPostgres(project, directory.value, surroundings)
    sandbox = Sandbox(
      projectDirectory: directory.value, settings: project.sandbox, timezone: project.timezone,
      installation: sandboxPostgres.map {
        PostgresInstallation(directory: $0.value, source: $0.source.description)
      })
  }

  /// The variable counts from the current directory, the file's setting from the project's folder; both can be empty
  /// for none.
  private static func sandboxPostgres(
    _ project: Project, _ directory: String, _ surroundings: Surroundings
  ) -> Setting<String>? {
    let (written, folder) =
      surroundings.setting("REPORTGEN_POSTGRES").map { ($0, surroundings.directory) }
      ?? (Setting(project.sandbox.postgres ?? "", from: source("sandbox.postgres", in: project)), directory)
    guard !written.value.isEmpty else { return nil }
    return Setting(absolute(written.value, from: folder), from: written.source)
  }

  private static func directory(_ options: SettingOptions, _ surroundings: Surroundings) throws(RunError)
    -> Setting<String>
  {
    let current = surroundings.directory
    let named =
      options.project.map { Setting($0, from: .option("--project")) }
      ?? surroundings.setting("REPORTGEN_PROJECT")
    if let named { return Setting(absolute(named.value, from: current), from: named.source) }
    let found = try ProjectFolder.nearest(to: current, with: file)
    return Setting(found ?? current, from: .nearest(file))
  }

  static func absolute(_ path: String, from folder: String) -> String {
    ProjectFolder.absolute(path, from: folder)
  }

  // MARK: Sources

  /// - Parameter key: its path in reportgen.yaml, such as `environments.production.on_lag.wait`.
  static func source(_ key: String, in project: Project) -> SettingSource {
    project.places[key].map { .file(file, line: $0.line) } ?? .builtIn
  }

  func setting<Value>(_ key: String, _ value: Value) -> Setting<Value> {
    Setting(value, from: Self.source(key, in: project))
  }

  /// The day in the project's time zone, by this machine's clock.
  package var today: CalendarDate {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: project.timezone) ?? calendar.timeZone
    let parts = calendar.dateComponents([.year, .month, .day], from: Date())
    guard let year = parts.year, let month = parts.month, let day = parts.day,
      let today = CalendarDate(year: year, month: month, day: day)
    else { preconditionFailure("the clock shows no day of the calendar") }
    return today
  }

  // MARK: Files

  /// The folder of the exports, as the project names it.
  package var outputFolder: Setting<String> { setting("output", project.output) }

  /// The folder of the exports for a run: absolute, with what is written into its files.
  package var output: ExportRoot {
    ExportRoot(
      path: Self.absolute(project.output, from: directory.value), shown: project.output,
      host: surroundings.hostName, generator: Version.text)
  }

  /// A path that the user gave on the command line.
  package func absolute(_ path: String) -> String {
    Self.absolute(path, from: surroundings.directory)
  }

  /// The absolute path of the metrics file; nil when none is wanted, which an empty option or variable says, too.
  ///
  /// Options and variables count from the current directory, the file's setting from the project's folder.
  /// - Parameter option: `--metrics-file`
  package func metricsFile(_ option: String? = nil) -> Setting<String>? {
    let given =
      option.map { Setting($0, from: .option("--metrics-file")) }
      ?? surroundings.setting("REPORTGEN_METRICS_FILE")
    let (written, folder) =
      given.map { ($0, surroundings.directory) }
      ?? (setting("metrics_file", project.metricsFile ?? ""), directory.value)
    guard !written.value.isEmpty else { return nil }
    return Setting(Self.absolute(written.value, from: folder), from: written.source)
  }

  /// Whether a hook of another run has started this process, and with it has given it `REPORTGEN_RUN`.
  package var isInsideHook: Bool { surroundings.variables["REPORTGEN_RUN"] != nil }
}
