import ReportDefinitions
import ReportModel
import Testing

@Suite struct RoleRulesTests {
  private static func findings(_ roles: String) throws -> String {
    let charts = "superset: {metrics: {n: {sql: count(*)}}, charts: {n: {type: number, title: N, y: n}}}"
    let project = try TestProject([
      "reportgen.yaml": """
      environments:
        production:
          replica: a
          primary: b
          superset:
            roles: {\(roles)}
      """,
      "reports/one.sql": "select 1 as n", "reports/two.sql": "select 1 as n",
      "reports/files.sql": "select 1 as n",
      "reports/one.yaml": "title: One\nmaterialize: {as: table, table: reports.one}\n\(charts)",
      "reports/two.yaml": "title: Two\nmaterialize: {as: table, table: reports.two}\n\(charts)",
      "reports/files.yaml": "title: Files\nmaterialize: {as: none}",
      "reports/dashboards/first.yaml": "title: First\nrows: [[one/n]]",
      "reports/dashboards/both.yaml": "title: Both\nrows: [[one/n, two/n]]",
    ])
    let loaded = project.loadProject()
    let loader = ProjectLoader(directory: project.directory)
    let reports = loader.loadReports(loaded.value)
    let dashboards = loader.loadDashboards(reports)
    #expect(loaded.diagnostics + reports.diagnostics + dashboards.diagnostics == [])
    return RoleRules(reports.value, dashboards.value).check(loaded.value).map(\.description)
      .joined(separator: "\n")
  }

  @Test("roles that name dashboards and datasets are right")
  func right() throws {
    #expect(try Self.findings("all: [first, both], nobody: []") == "")
  }

  @Test("dashboards and datasets that are not defined are errors")
  func unknown() throws {
    #expect(
      try Self.findings("managers: [frist], analysts: {datasets: [files, two]}") == """
        reportgen.yaml:6:15: error: role "managers": there is no dashboard "frist"
          hint: Did you mean "first"?
        reportgen.yaml:6:34: error: role "analysts": there is no dataset "files"
          hint: A report with a table is a dataset.
        """)
  }

  @Test("a dashboard that a role sees because of a shared dataset is a warning")
  func shared() throws {
    #expect(
      try Self.findings("managers: [first]") == """
        reportgen.yaml:6:15: warning: role "managers" sees dashboard "both", too, which shows "one"
          hint: Superset shows a dashboard to everybody who may read one of its datasets.
        """)
  }
}
