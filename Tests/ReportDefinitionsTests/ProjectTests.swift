import Foundation
import ReportDefinitions
import ReportModel
import Testing

@Suite struct ProjectTests {
  @Test("every key of reportgen.yaml is read into the project")
  func everyKey() throws {
    let project = try TestProject([
      "sql/a.sql": "",
      "reportgen.yaml": """
      timezone: Europe/Moscow
      output: /srv/out
      default_env: production
      max_catch_up: 10
      expect_within: 26h
      metrics_file: metrics/reportgen.prom
      on_success: echo well
      on_failure: [mail, -s, "no good", ops@shop.example]
      hook_timeout: 90s
      locale: ru
      sandbox: {database: shop, setup: [sql/a.sql], superset: {url: "http://127.0.0.1:8088"}}
      environments:
        production:
          replica: service=shop-replica
          primary: host=192.168.88.123 dbname=internetshop
          owner: reports_owner
          on_lag: {wait: 1500ms, then: use_primary}
          confirm: primary
          confirm_wait: 5m
          statement_timeout: 2h
          superset:
            url: https://192.168.88.60/superset
            database_uri: postgresql+psycopg2://superset@192.168.88.123/internetshop
            database_name: shop
            credentials: secrets/superset
            warm_up: true
            max_rows: 50000
            roles: {managers: [sales], analysts: {dashboards: [sales], datasets: [sales-monthly]}}
        test: {replica: a, primary: b, locale: de}
      """,
    ])
    let loaded = project.loadProject()
    #expect(loaded.diagnostics == [])
    var value = loaded.value
    let line = { (key: String) in value.places[key]?.line }
    #expect(line("timezone") == 1 && line("sandbox.superset.url") == 11)
    #expect(line("environments.production.on_lag") == 17 && line("environments.production.on_lag.then") == 17)
    #expect(line("environments.production.superset.warm_up") == 26 && line("environments.test.primary") == 29)
    #expect(line("environments.test.owner") == nil)
    value.places = [:]
    #expect(value.environments[1].locale == "de")
    value.environments[1].locale = nil
    #expect(
      value
        == Project(
          timezone: "Europe/Moscow", output: "/srv/out", defaultEnvironment: "production",
          environments: [
            .init(
              name: "production", replica: "service=shop-replica",
              primary: "host=192.168.88.123 dbname=internetshop", owner: "reports_owner", lagWaitSeconds: 2,
              lagging: .usePrimary, confirm: .primary, confirmWaitSeconds: 300, statementTimeoutSeconds: 7200,
              superset: .init(
                url: "https://192.168.88.60/superset",
                databaseURI: "postgresql+psycopg2://superset@192.168.88.123/internetshop",
                databaseName: "shop",
                credentialsFile: "secrets/superset", warmsUp: true, maxRows: 50_000,
                roles: [
                  .init(name: "managers", dashboards: ["sales"]),
                  .init(name: "analysts", dashboards: ["sales"], datasets: ["sales-monthly"]),
                ])),
            .init(name: "test", replica: "a", primary: "b"),
          ],
          sandbox: .init(
            database: "shop", setup: ["sql/a.sql"], superset: .init(url: "http://127.0.0.1:8088")),
          maxCatchUp: 10,
          expectWithinSeconds: 93_600, metricsFile: "metrics/reportgen.prom", onSuccess: .shell("echo well"),
          onFailure: .program(["mail", "-s", "no good", "ops@shop.example"]), hookTimeoutSeconds: 90,
          locale: "ru"))
  }

  @Test("workbooks are read in the order of the file")
  func workbooks() throws {
    let project = try TestProject(["reportgen.yaml": "workbooks:\n  pack: [b, a]\n  all: [a]"])
    let loaded = project.loadProject()
    #expect(loaded.diagnostics == [])
    #expect(
      loaded.value.workbooks == [
        .init(name: "pack", reports: ["b", "a"]), .init(name: "all", reports: ["a"]),
      ])
  }

  @Test("a workbook has reports that exist and have tables, and a name of its own")
  func workbookRules() throws {
    let project = try Sample.project()
    for (name, text) in [
      ("files.yaml", "title: f\nmaterialize: {as: none}"), ("files.sql", "select 1 as n from s.t"),
      ("broken.yaml", "title: b"), ("broken.sql", "select 1 as n from s.t"),
    ] {
      try project.write("reports/\(name)", Data(text.utf8))
    }
    try project.write(
      "reportgen.yaml", Data("workbooks:\n  pack: [sales, sale, files, broken]\n  sales: [sales]".utf8))
    let loaded = ProjectLoader(directory: project.directory).loadReports(project.loadProject().value)
    #expect(
      text(loaded.diagnostics.filter { $0.file == "reportgen.yaml" }) == """
        reportgen.yaml:2:3: error: workbook "pack" has a report that does not exist: "sale"
          hint: Did you mean "sales"?
        reportgen.yaml:2:3: error: workbook "pack" has a report without a table: "files"
          hint: A workbook is written from published rows; "as: none" publishes none.
        reportgen.yaml:3:3: error: workbook "sales" has the name of a report
          hint: Both have a folder of their name in the output folder; name it otherwise.
        """)
  }

  @Test("an empty reportgen.yaml gives every key its default")
  func defaults() throws {
    let loaded = try TestProject(["reportgen.yaml": "# nothing\n"]).loadProject()
    #expect(loaded.value == Project())
    #expect(loaded.diagnostics == [])
  }

  @Test(
    "expect_within of a report overrides that of the project",
    arguments: [
      ("", nil, nil), ("", 93_600, 93_600), ("expect_within: 8d", 93_600, 691_200),
      ("expect_within: 90m", nil, 5400), ("expect_within: none", 93_600, nil),
    ])
  func expectWithin(_ key: String, _ ofProject: Int?, _ expected: Int?) throws {
    let project = try Sample.project(yaml: Sample.yaml + "\n" + key)
    let loaded = ProjectLoader(directory: project.directory)
      .loadReports(Project(expectWithinSeconds: ofProject))
    #expect(loaded.diagnostics == [])
    #expect(loaded.value.first?.expectWithinSeconds == expected)
    #expect(loaded.value.count == 1)
  }

  @Test("expect_within of the project does not apply to views")
  func expectOfView() throws {
    let project = try Sample.project(
      sql: "select 1 as n from s.t", yaml: "title: v\nmaterialize: {as: view, table: reports.v}")
    let loaded = ProjectLoader(directory: project.directory).loadReports(Project(expectWithinSeconds: 60))
    #expect(loaded.value.map(\.expectWithinSeconds) == [nil])
  }

  @Test("a new definition lints clean", arguments: ["sales", "sales-by-region-2", "7-days", "a"])
  func template(_ name: String) throws {
    let files = try DefinitionTemplate.files(name: name)
    let project = try TestProject([
      "reports/\(name).sql": files.sql, "reports/\(name).yaml": files.yaml,
      "reports/\(name).test.yaml": files.test,
    ])
    #expect(project.lint() == "")
    #expect(project.load().value.map(\.name) == [name])
    #expect(project.loadTests().value.map(\.tests.count) == [1])
  }

  @Test("a new definition needs a valid report name", arguments: ["../x", "", "A", "-a", "a/b", "a.b"])
  func templateNames(_ name: String) {
    #expect(throws: Diagnostic.self) { try DefinitionTemplate.files(name: name) }
  }
}
