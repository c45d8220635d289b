import ReportDefinitions
import ReportEngine
import ReportLedger
import ReportModel
import SupersetAssets

extension ProjectSettings {
  /// The language of the chosen environment, or of the project; nil where neither says one.
  ///
  /// An environment that is not defined is found elsewhere.
  package var locale: String? {
    project.environments.first { $0.name == environmentName.value }?.locale ?? project.locale
  }

  /// The languages of the files of reports.
  ///
  /// - Throws: Status 65 with every error of the files under `locales/`.
  package func languages(of reports: [Report]) throws(RunError) -> Languages {
    var languages = Languages()
    var errors: [Diagnostic] = []
    func load(_ code: String) -> Language {
      let loaded = loader.loadLanguage(code, used: nil)
      errors += loaded.diagnostics.filter { $0.severity == .error }
      return loaded.value
    }
    if let locale { languages.standard = load(locale) }
    for code in Set(reports.compactMap(\.locale)).sorted() {
      languages.others[code] = code == locale ? languages.standard : load(code)
    }
    guard errors.isEmpty else { throw RunError(.definition, errors) }
    return languages
  }

  /// Errors and warnings about the files of every language that the project or one of its environments or reports names.
  package func lintLanguages(_ reports: [Report], _ dashboards: [Dashboard]) -> [Diagnostic] {
    let codes = [project.locale] + project.environments.map(\.locale) + reports.map(\.locale)
    let named = Set(codes.compactMap(\.self)).sorted()
    guard !named.isEmpty else { return [] }
    let used = visibleTexts(reports, dashboards)
    return named.flatMap {
      loader.loadLanguage($0, used: used).diagnostics
    }
  }

  /// The texts of the definitions that people see on pages and in Superset, sorted.
  func visibleTexts(_ reports: [Report], _ dashboards: [Dashboard]) -> [String] {
    let shown = AssetBundle.texts(reports: reports, dashboards: dashboards) + reports.flatMap(\.pageTexts)
    return Set(shown).sorted()
  }
}
