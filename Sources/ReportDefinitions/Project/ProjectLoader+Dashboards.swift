import Glibc
import ReportModel

extension ProjectLoader {
  /// Reads every file under `reports/dashboards/`.
  ///
  /// - Parameter reports: the result of `loadReports`; after errors in it, charts that are not found are not reported.
  /// - Returns: the dashboards without errors, sorted by name.
  package func loadDashboards(_ reports: Loaded<[Report]>) -> Loaded<[Dashboard]> {
    let (names, problems) = dashboardFiles()
    let rules = DashboardRules(reports.value, hasAllReports: !reports.hasErrors)
    let (directory, types) = (directory, TypeCache())
    do throws(Diagnostic) {
      let read = try DeepStack.map(names) { Self.readDashboard($0, in: directory, types, rules) }
      let twins = Self.twins(read.compactMap(\.dashboard))
      return Loaded(
        value: read.compactMap(\.dashboard).filter { dashboard in
          !twins.contains { $0.file == dashboard.file }
        },
        diagnostics: problems + read.flatMap(\.diagnostics) + twins)
    } catch {
      return Loaded(value: [], diagnostics: [error])
    }
  }

  private func dashboardFiles() -> (names: [String], problems: [Diagnostic]) {
    guard let stream = opendir(directory + "/" + DefinitionSearch.dashboards) else {
      guard errno != ENOENT else { return ([], []) }
      return (
        [],
        [
          Diagnostic(
            "could not read the folder: " + SystemError.text(errno), file: DefinitionSearch.dashboards)
        ]
      )
    }
    defer { closedir(stream) }
    var names: [String] = []
    var problems: [Diagnostic] = []
    for file in visibleNames(in: stream) {
      let name = String(file.dropLast(".yaml".count))
      if file.hasSuffix(".yaml"), ReportName.isValid(name) {
        names.append(name)
      } else {
        problems.append(
          Diagnostic(
            "file is not read",
            hint: "Dashboards are in NAME.yaml; names have lower-case letters, digits and hyphens.",
            file: (DefinitionSearch.dashboards + "/" + file).visible()))
      }
    }
    return (names, problems)
  }

  private static func readDashboard(
    _ name: String, in directory: String, _ types: TypeCache, _ rules: DashboardRules
  ) -> (dashboard: Dashboard?, diagnostics: [Diagnostic]) {
    let path = DefinitionSearch.dashboards + "/" + name + ".yaml"
    switch SourceFile.read(path, in: directory) {
    case .failure(let diagnostic): return (nil, [diagnostic])
    case .success(let source):
      var yaml = YAMLReader(source.text, file: path)
      guard let root = yaml.read() else {
        let empty = Diagnostic(
          "the file is empty", hint: "Write at least \"title\" and \"rows\".", file: path)
        return (nil, yaml.isEmpty ? [empty] : yaml.findings.all)
      }
      var reader = DashboardReader(root, text: source.text, name: name, file: path, types: types)
      reader.read()
      var findings = reader.findings
      rules.check(reader, &findings)
      let hasErrors = yaml.findings.hasErrors || findings.hasErrors
      return (hasErrors ? nil : reader.dashboard, yaml.findings.all + findings.all)
    }
  }

  /// An error for each dataset that a dashboard before it has declared.
  private static func twins(_ dashboards: [Dashboard]) -> [Diagnostic] {
    var owners: [String: Dashboard] = [:]
    var found: [Diagnostic] = []
    for dashboard in dashboards {
      for dataset in dashboard.datasets {
        if let owner = owners[dataset.name] {
          found.append(
            Diagnostic(
              "dataset \"\(dataset.name)\" belongs to dashboard \"\(owner.name)\" already",
              hint: "Give it another name.", file: dashboard.file))
        } else {
          owners[dataset.name] = dashboard
        }
      }
    }
    return found
  }
}
