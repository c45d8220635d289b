import ReportModel
import TestSupport
import Testing

@testable import ReportSettings

@Suite struct LanguageSettingTests {
  private static let yaml = """
    locale: ru
    environments:
      english: {replica: a, primary: b, locale: en}
      plain: {replica: a, primary: b}
    """

  @Test(
    "a report's language goes before that of the environment, and that before the project's",
    arguments: [("english", "en"), ("plain", "ru"), ("sandbox", "ru")])
  func order(environment: String, expected: String) async throws {
    try await withSettings(Self.yaml) { project async throws in
      project.options.environment = environment
      let settings = try project.settings()
      #expect(settings.locale == expected)
      try project.write("select 1 as n", to: "reports/a.sql")
      try project.write("title: A\nlocale: de\nmaterialize: {as: none}", to: "reports/a.yaml")
      let reports = try settings.loadReports().value
      let missing = failure { _ = try settings.languages(of: reports) }
      #expect(missing.hasPrefix("65\n") && missing.contains("locales/de.yaml"), "\(missing)")
      try project.write("A: Ah\nwords: {rows: Zeilen}", to: "locales/de.yaml")
      let languages = try settings.languages(of: reports)
      #expect(languages.standard.code == expected)
      let own = languages.language(of: try #require(reports.first))
      #expect(own.code == "de" && own[.rows] == "Zeilen" && own.texts["A"] == "Ah")
      // lint names what is missing of it.
      let warnings = settings.lintLanguages(reports, [])
      #expect(warnings.count == Word.allCases.count - 1)
      #expect(warnings.allSatisfy { $0.severity == .warning && $0.file == "locales/de.yaml" })
    }
  }
}
