import ReportDefinitions
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel

extension ProjectSettings {
  /// Every report of the project as the chosen environment runs it, and what is wrong with the definitions.
  package func readReports() -> Loaded<[Report]> {
    var project = project
    // A name that no environment has is an error of who connects.
    if let environment = try? environment().environment {
      project.searchPath = searchPath(environment).schemas
    }
    return loader.loadReports(project)
  }

  /// Every report of the project, with warnings about the definitions.
  ///
  /// - Throws: Status 65 with every error of every definition.
  package func loadReports() throws(RunError) -> Loaded<[Report]> {
    let loaded = readReports()
    guard !loaded.hasErrors else { throw RunError(.definition, loaded.diagnostics) }
    return loaded
  }
}

extension Selection {
  /// The chosen reports, sorted by name.
  ///
  /// - Parameter mayBeEmpty: a project without reports is no error.
  /// - Throws: Status 64 when a name, a glob or a tag matches nothing, or when nothing is left.
  package func reports(of graph: DependencyGraph, mayBeEmpty: Bool = false) throws(RunError)
    -> [Report]
  {
    let chosen: [Report]
    do throws(Diagnostic) {
      chosen = try apply(to: graph)
    } catch {
      throw RunError(.usage, error)
    }
    guard !chosen.isEmpty || mayBeEmpty else {
      throw RunError(
        .usage, Diagnostic("no report is chosen", hint: "\"reportgen list\" shows every report."))
    }
    return chosen
  }
}
