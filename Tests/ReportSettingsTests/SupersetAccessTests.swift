import Foundation
import ReportModel
import ReportSettings
import TestSupport
import Testing

@Suite struct SupersetAccessTests {
  private static let yaml = """
    default_env: production
    environments:
      production:
        replica: host=replica
        primary: host=primary
        superset:
          url: https://superset.example
          database_uri: postgresql://superset@db/shop
          credentials: account
          warm_up: true
      plain: {replica: host=replica, primary: host=primary}
    """

  private func shown(_ setting: Setting<String>?) -> String {
    setting.map { "\($0.value) (\($0.source))" } ?? "none"
  }

  @Test("URL and credentials are the variables' or the file's")
  func sources() async throws {
    try await withSettings(Self.yaml) { project async throws in
      var superset = try SupersetAccess(project.settings())
      #expect(shown(superset.url) == "https://superset.example (reportgen.yaml:7)")
      #expect(shown(superset.databaseURI) == "postgresql://superset@db/shop (reportgen.yaml:8)")
      #expect(shown(superset.credentialsFile) == "account (reportgen.yaml:9)")
      #expect(superset.warmsUp && superset.databaseName == "reportgen")
      project.surroundings.variables["REPORTGEN_SUPERSET_URL"] = "http://127.0.0.1:8088/"
      project.surroundings.variables["REPORTGEN_SUPERSET_CREDENTIALS"] = "/etc/account"
      superset = try SupersetAccess(project.settings())
      #expect(shown(superset.url) == "http://127.0.0.1:8088 (REPORTGEN_SUPERSET_URL)")
      #expect(shown(superset.credentialsFile) == "/etc/account (REPORTGEN_SUPERSET_CREDENTIALS)")
      project.surroundings.variables["REPORTGEN_SUPERSET_URL"] = ""
      #expect(try SupersetAccess(project.settings()).url == nil)
      #expect(superset.databasePassword == nil)
      project.surroundings.variables["REPORTGEN_SUPERSET_DATABASE_PASSWORD"] = "hunter2"
      #expect(try SupersetAccess(project.settings()).databasePassword == "hunter2")
    }
  }

  @Test("the sandbox has its own database URI, and the Superset that make superset-up has started")
  func sandbox() async throws {
    try await withSettings("timezone: UTC") { project async throws in
      var superset = try SupersetAccess(project.settings())
      #expect(superset.url == nil && superset.credentialsFile == nil)
      #expect(superset.databaseURI?.source == .sandbox)
      #expect(
        failure { _ = try superset.connection() } == """
          65
          error: environment "sandbox" has no Superset
            hint: "make superset-up" starts one for the sandbox.
          """)
      try project.write("http://127.0.0.1:8088\n", to: ".reportgen/superset/url")
      try project.write("admin:secret\n", to: ".reportgen/superset/credentials")
      superset = try SupersetAccess(project.settings())
      #expect(shown(superset.url) == "http://127.0.0.1:8088 (the sandbox)")
      #expect(try superset.connection().account.password == "secret")
    }
    try await withSettings("sandbox: {superset: {url: \"http://127.0.0.1:1\"}}") { project async throws in
      try project.write("http://127.0.0.1:8088\n", to: ".reportgen/superset/url")
      let superset = try SupersetAccess(project.settings())
      #expect(shown(superset.url) == "http://127.0.0.1:1 (reportgen.yaml:1)")
      #expect(superset.credentialsFile == nil)
    }
  }

  @Test("the account is the variables' or the first line of the file")
  func account() async throws {
    try await withSettings(Self.yaml) { project async throws in
      func expectUnreadable(_ reason: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
          failure { _ = try SupersetAccess(project.settings()).connection() } == """
            65
            error: could not read the credentials "account": \(reason)
              hint: It has user:password in its first line.
            """, sourceLocation: sourceLocation)
      }
      expectUnreadable("no such file or directory")
      let path = project.folder + "/account"
      // To open it would wait for somebody who writes to it.
      #expect(mkfifo(path, 0o600) == 0)
      expectUnreadable("it is a named pipe")
      #expect(unlink(path) == 0 && mkdir(path, 0o700) == 0)
      expectUnreadable("it is a folder")
      #expect(rmdir(path) == 0)
      try project.write(String(repeating: "x", count: 5000), to: "account")
      expectUnreadable("it has 5000 bytes, more than the 4096 that are read")
      try project.write("admin\n", to: "account")
      #expect(
        failure { _ = try SupersetAccess(project.settings()).connection() } == """
          65
          error: "account" holds no credentials
            hint: It has user:password in its first line.
          """)
      try project.write("admin:pass:word\nmore\n", to: "account")
      var connection = try SupersetAccess(project.settings()).connection()
      #expect(connection.url == "https://superset.example")
      #expect(connection.account.user == "admin" && connection.account.password == "pass:word")
      project.surroundings.variables["REPORTGEN_SUPERSET_USER"] = "robot"
      project.surroundings.variables["REPORTGEN_SUPERSET_PASSWORD"] = "secret"
      connection = try SupersetAccess(project.settings()).connection()
      #expect(connection.account.user == "robot" && connection.account.password == "secret")
    }
  }

  @Test("what an environment does not say is named, with a hint for that environment")
  func missing() async throws {
    try await withSettings(Self.yaml) { project async throws in
      project.options.environment = "plain"
      let superset = try SupersetAccess(project.settings())
      #expect(
        failure { _ = try superset.connection() } == """
          65
          error: environment "plain" has no Superset
            hint: Add superset.url to it in reportgen.yaml, or set REPORTGEN_SUPERSET_URL.
          """)
      #expect(
        failure { _ = try project.settings().supersetAssets(superset) } == """
          65
          error: environment "plain" does not say how Superset reaches its tables
            hint: Add superset.database_uri to it in reportgen.yaml, such as \
          postgresql+psycopg2://superset@192.168.88.123/internetshop.
          """)
      project.surroundings.variables["REPORTGEN_SUPERSET_URL"] = "http://127.0.0.1:1"
      let named = try SupersetAccess(project.settings())
      #expect(failure { _ = try named.connection() }.hasPrefix("65\nerror: no account for Superset is given"))
    }
  }

  @Test("errors in definitions and a translation that is missing end the assets; warnings come with them")
  func assets() async throws {
    try await withSettings(Self.yaml + "\nlocale: de") { project async throws in
      let superset = try SupersetAccess(project.settings())
      let missing = failure { _ = try project.settings().supersetAssets(superset) }
      #expect(missing.hasPrefix("65\n") && missing.contains("locales/de.yaml"), "\(missing)")
      try project.write("{}\n", to: "locales/de.yaml")
      let assets = try project.settings().supersetAssets(superset)
      #expect(assets.value.databaseName == "reportgen")
      try project.write("select 1 as n", to: "reports/a.sql")
      try project.write("titel: A", to: "reports/a.yaml")
      let wrong = failure { _ = try project.settings().supersetAssets(superset) }
      #expect(wrong.hasPrefix("65\nreports/a.yaml:1:"), "\(wrong)")
    }
  }
}
