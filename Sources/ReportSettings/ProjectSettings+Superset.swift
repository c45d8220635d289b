import ReportDefinitions
import ReportInspection
import ReportModel
import SupersetAssets

extension ProjectSettings {
  /// What the project defines in Superset, with warnings about definitions and translations.
  ///
  /// - Throws: Status 65 with every error of reports, dashboards and translations.
  package func supersetAssets(_ superset: SupersetAccess) throws(RunError) -> Loaded<AssetBundle> {
    let (reports, dashboards) = try supersetDefinitions()
    return try supersetAssets(superset, reports, dashboards)
  }

  /// - Throws: Status 65 with every error of reports, dashboards and roles.
  package func supersetDefinitions() throws(RunError) -> (reports: [Report], dashboards: [Dashboard]) {
    let reports = loader.loadReports(project)
    let dashboards = loader.loadDashboards(reports)
    guard !reports.hasErrors, !dashboards.hasErrors else {
      throw RunError(.definition, reports.diagnostics + dashboards.diagnostics)
    }
    let roles = RoleRules(reports.value, dashboards.value).check(project).filter { $0.severity == .error }
    guard roles.isEmpty else { throw RunError(.definition, roles) }
    return (reports.value, dashboards.value)
  }

  /// Asks the primary of the chosen environment.
  ///
  /// - Throws: As `environment()`.
  package func chartFacts() throws(RunError) -> ChartFacts {
    ChartFacts(catalog: SummaryCatalog(servers: servers(try environment().environment)))
  }

  /// The same for definitions that are loaded already.
  ///
  /// - Parameter tables: columns and types of the summary tables; without them those that the definitions declare.
  package func supersetAssets(
    _ superset: SupersetAccess, _ reports: [Report], _ dashboards: [Dashboard],
    tables: [QualifiedName: [Column]] = [:]
  ) throws(RunError) -> Loaded<AssetBundle> {
    let texts = loader.loadTexts(locale, used: visibleTexts(reports, dashboards))
    guard !texts.hasErrors else { throw RunError(.definition, texts.diagnostics) }
    let bundle = AssetBundle(
      reports: reports, dashboards: dashboards, databaseName: superset.databaseName,
      databaseURI: try superset.requiredDatabaseURI(), texts: texts.value,
      context: AssetContext(tables: tables, timezone: project.timezone, maxRows: superset.maxRows))
    return Loaded(value: bundle, diagnostics: texts.diagnostics)
  }
}
