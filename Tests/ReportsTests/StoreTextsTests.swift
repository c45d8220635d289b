import ReportDefinitions
import SupersetAssets
import Testing

@Suite struct StoreTextsTests {
  @Test("the store's dashboards are without a mistake, and every text of theirs is there in Russian")
  func russian() throws {
    let loader = ProjectLoader(directory: StoreProject.directory)
    let reports = loader.loadReports(loader.loadProject().value)
    let dashboards = loader.loadDashboards(reports)
    #expect(dashboards.diagnostics == [])
    #expect(dashboards.value.map(\.name) == ["customers", "products", "report-health", "sales"])
    let shown = AssetBundle.texts(reports: reports.value, dashboards: dashboards.value)
    let used = Set(shown + reports.value.flatMap(\.pageTexts)).sorted()
    #expect(loader.loadTexts("ru", used: used).diagnostics == [])
    #expect(used.count > 100)
  }
}
