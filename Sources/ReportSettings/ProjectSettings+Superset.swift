import ReportDefinitions
import ReportModel
import SupersetAssets

extension ProjectSettings {
  /// What the project defines in Superset, with warnings about definitions and translations.
  ///
  /// - Throws: Status 65 with every error of reports, dashboards and translations.
  package func supersetAssets(_ superset: SupersetAccess) throws(RunError) -> Loaded<AssetBundle> {
    let reports = loader.loadReports(project)
    let dashboards = loader.loadDashboards(reports)
    guard !reports.hasErrors, !dashboards.hasErrors else {
      throw RunError(.definition, reports.diagnostics + dashboards.diagnostics)
    }
    return try supersetAssets(superset, reports.value, dashboards.value)
  }

  /// The same for definitions that are loaded already.
  package func supersetAssets(
    _ superset: SupersetAccess, _ reports: [Report], _ dashboards: [Dashboard]
  ) throws(RunError) -> Loaded<AssetBundle> {
    let texts = loader.loadTexts(locale, used: visibleTexts(reports, dashboards))
    guard !texts.hasErrors else { throw RunError(.definition, texts.diagnostics) }
    let bundle = AssetBundle(
      reports: reports, dashboards: dashboards, databaseName: superset.databaseName,
      databaseURI: try superset.requiredDatabaseURI(), texts: texts.value)
    return Loaded(value: bundle, diagnostics: texts.diagnostics)
  }
}
