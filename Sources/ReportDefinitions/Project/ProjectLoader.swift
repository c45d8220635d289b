import Glibc
import ReportModel

/// Reads a project's files: YAML and SQL to values, or diagnostics with file, line and column. Opens no connection.
package struct ProjectLoader: Sendable {
  /// The name of a project's configuration in the project's folder.
  package static let projectFile = "reportgen.yaml"

  let directory: String

  /// - Parameter directory: the project's folder, an absolute path.
  package init(directory: String) { self.directory = directory }

  /// The absolute path of a file of the project.
  package func path(_ file: String) -> String { directory + "/" + file }

  /// Reads `reportgen.yaml`. After an error the value holds what could be read, with defaults for the rest.
  package func loadProject() -> Loaded<Project> {
    guard access(directory + "/" + Self.projectFile, F_OK) == 0 else {
      return Loaded(value: Project(), diagnostics: [missingProject(errno)])
    }
    switch SourceFile.read(Self.projectFile, in: directory) {
    case .failure(let diagnostic):
      return Loaded(value: Project(), diagnostics: [diagnostic])
    case .success(let file): return readProject(file.text)
    }
  }

  /// What a text would be read as in the place of `reportgen.yaml`.
  package func readProject(_ text: String) -> Loaded<Project> {
    var yaml = YAMLReader(text, file: Self.projectFile)
    // An empty file is valid: every key has a default.
    guard let root = yaml.read() else { return Loaded(value: Project(), diagnostics: yaml.findings.all) }
    var reader = ProjectReader(root, file: Self.projectFile)
    reader.read { access(($0.hasPrefix("/") ? "" : directory + "/") + $0, R_OK) == 0 }
    return Loaded(value: reader.project, diagnostics: yaml.findings.all + reader.findings.all)
  }

  private func missingProject(_ error: Int32) -> Diagnostic {
    Diagnostic(
      .error, "could not read \"\(Self.projectFile)\": \(SystemError.text(error))",
      hint:
        "Run reportgen in a project's folder, name the folder with --project, or write \(Self.projectFile) "
        + "with a line such as \"timezone: Europe/Moscow\".")
  }

  /// Reads every definition under `reports/`, several at once.
  ///
  /// All mistakes of all files are found; a syntax error hides the rest of its own file only. The findings of one
  /// file end after a hundred.
  /// - Returns: the reports without errors, sorted by name. Their dependencies are the tables that the SQL names;
  ///   those inside of views and functions are known to the server alone.
  package func loadReports(_ project: Project) -> Loaded<[Report]> {
    var search = DefinitionSearch(directory: directory)
    search.run()
    let (directory, types) = (directory, TypeCache())
    var reads: [ReadReport]
    do throws(Diagnostic) {
      reads = try DeepStack.map(search.found) {
        ReportReader(
          files: $0, source: { SourceFile.read($0, in: directory) }, types: types,
          expectWithinSeconds: project.expectWithinSeconds,
          timezone: project.timezone, searchPath: project.searchPath
        ).read()
      }
    } catch {
      return Loaded(value: [], diagnostics: [error])
    }
    let tables = Set(reads.compactMap { $0.report?.materialization.table })
    for index in reads.indices { reads[index].keepReads(of: tables) }
    var rules = ProjectRules(reads)
    rules.check()
    let reports = reads.compactMap(\.report).filter { !rules.refused.contains($0.name) }
    let workbooks = WorkbookRules(
      project: project, reports: reports, names: Set(search.found.map(\.name)), file: Self.projectFile)
    return Loaded(
      value: reports,
      diagnostics: search.diagnostics + reads.flatMap(\.diagnostics) + rules.diagnostics
        + workbooks.diagnostics)
  }
}
