import ReportModel

/// Compares `superset.roles` of `reportgen.yaml` with the dashboards and datasets that there are.
package struct RoleRules {
  private let dashboards: [Dashboard]
  private let datasets: Set<String>

  package init(_ reports: [Report], _ dashboards: [Dashboard]) {
    self.dashboards = dashboards
    datasets = Set(
      reports.compactMap { SupersetDataset($0)?.name } + dashboards.flatMap(\.datasets).map(\.name))
  }

  /// - Returns: errors for names that nothing has, and warnings for dashboards that a role sees besides those named.
  package func check(_ project: Project) -> [Diagnostic] {
    let servers =
      [("sandbox.superset", project.sandbox.superset)]
      + project.environments.map { ("environments.\($0.name).superset", $0.superset) }
    return servers.flatMap { path, server in
      server.roles.flatMap { check($0, project.places["\(path).roles.\($0.name)"]) }
    }
  }

  private func check(_ role: SupersetRole, _ place: SourcePlace?) -> [Diagnostic] {
    func finding(_ severity: Diagnostic.Severity, _ message: String, _ hint: String?) -> Diagnostic {
      Diagnostic(severity, message, hint: hint, file: "reportgen.yaml", place: place)
    }
    let names = dashboards.map(\.name)
    let unknown =
      role.dashboards.filter { !names.contains($0) }.map { name in
        finding(
          .error, "role \"\(excerpt(role.name))\": there is no dashboard \"\(excerpt(name))\"",
          Suggestion.hint(for: name, among: names))
      }
      + role.datasets.filter { !datasets.contains($0) }.map { name in
        finding(
          .error, "role \"\(excerpt(role.name))\": there is no dataset \"\(excerpt(name))\"",
          Suggestion.hint(for: name, among: datasets.sorted()) ?? "A report with a table is a dataset.")
      }
    guard unknown.isEmpty else { return unknown }
    let read = role.readDatasets(dashboards)
    return dashboards.filter { !role.dashboards.contains($0.name) }.compactMap { dashboard in
      guard let shared = dashboard.rows.flatMap(\.places).map(\.chart.dataset).first(where: read.contains)
      else { return nil }
      return finding(
        .warning,
        "role \"\(excerpt(role.name))\" sees dashboard \"\(dashboard.name)\", too, which shows \"\(shared)\"",
        "Superset shows a dashboard to everybody who may read one of its datasets.")
    }
  }
}
