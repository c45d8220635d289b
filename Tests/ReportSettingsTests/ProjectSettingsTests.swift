import Foundation
import ReportModel
import ReportSettings
import TestSupport
import Testing

@testable import ReportLedger

@Suite struct ProjectSettingsTests {
  private func shown<Value>(_ setting: Setting<Value>?) -> String {
    setting.map { "\($0.value) (\($0.source))" } ?? "none"
  }

  private static let yaml = """
    output: out
    metrics_file: metrics/file.prom
    default_env: production
    environments:
      production:
        replica: host=replica dbname=shop
        primary: host=primary dbname=shop
        on_lag: {wait: 60s}
        confirm: replica
    """

  @Test("the sandbox's PostgreSQL is the variable's, from the current folder, or the project's, from its own")
  func sandboxPostgres() async throws {
    try await withSettings("sandbox: {postgres: pg/17}\n") { project async throws in
      let folder = project.folder
      project.surroundings.directory = folder + "/reports"
      project.options.project = folder
      #expect(try shown(project.settings().sandboxPostgres) == "\(folder)/pg/17 (reportgen.yaml:1)")
      let listed = try SettingsList(project.settings()).entries.first { $0.name == "sandbox.postgres" }
      #expect(listed?.value == folder + "/pg/17")
      project.surroundings.variables["REPORTGEN_POSTGRES"] = "18"
      #expect(try shown(project.settings().sandboxPostgres) == "\(folder)/reports/18 (REPORTGEN_POSTGRES)")
      project.surroundings.variables["REPORTGEN_POSTGRES"] = ""
      #expect(try shown(project.settings().sandboxPostgres) == "none")
    }
    try await withSettings("timezone: UTC\n") { project async throws in
      #expect(try shown(project.settings().sandboxPostgres) == "none")
    }
  }

  // MARK: Folder

  @Test("the project's folder is the option's, the variable's, or the nearest with a reportgen.yaml")
  func directory() async throws {
    try await withSettings(Self.yaml) { project async throws in
      try project.write("", to: "below/deep/file")
      let folder = project.folder
      #expect(try shown(project.settings().directory) == "\(folder) (the nearest reportgen.yaml)")
      project.surroundings.directory = folder + "/below/deep"
      #expect(try shown(project.settings().directory) == "\(folder) (the nearest reportgen.yaml)")
      project.surroundings.directory = "/"
      project.surroundings.variables["REPORTGEN_PROJECT"] = folder
      #expect(try shown(project.settings().directory) == "\(folder) (REPORTGEN_PROJECT)")
      project.surroundings.directory = folder + "/below"
      project.options.project = ".."
      #expect(try shown(project.settings().directory) == "\(folder) (--project)")
    }
  }

  @Test("a folder without a reportgen.yaml, and one with errors, are status 65")
  func unreadable() async throws {
    try await temporaryDirectory { folder async throws in
      let missing = failure {
        _ = try ProjectSettings(SettingOptions(project: folder), in: Surroundings(directory: "/"))
      }
      #expect(
        missing.hasPrefix("65\nerror: could not read \"reportgen.yaml\": no such file or directory"),
        "\(missing)")
    }
    try await withSettings("timezone: Mars/Olympus\noutptu: x") { project async throws in
      let wrong = failure { _ = try project.settings() }
      #expect(wrong.hasPrefix("65\nreportgen.yaml:1:"), "\(wrong)")
      #expect(wrong.contains("\nreportgen.yaml:2:"), "\(wrong)")
    }
  }

  // MARK: Environment

  @Test("the environment is the option's, the variable's, the file's or the sandbox")
  func environmentName() async throws {
    try await withSettings(Self.yaml) { project async throws in
      #expect(try shown(project.settings().environmentName) == "production (reportgen.yaml:3)")
      project.surroundings.variables["REPORTGEN_ENV"] = "sandbox"
      #expect(try shown(project.settings().environmentName) == "sandbox (REPORTGEN_ENV)")
      project.options.environment = "staging"
      #expect(try shown(project.settings().environmentName) == "staging (--env)")
      #expect(
        failure { _ = try project.settings().environment() } == """
          65
          error: no environment is named "staging"
            hint: reportgen.yaml has: sandbox, production.
          """)
    }
    try await withSettings("timezone: UTC") { project async throws in
      #expect(try shown(project.settings().environmentName) == "sandbox (default)")
    }
  }

  @Test("the servers' strings are the variables', the file's or the sandbox's")
  func servers() async throws {
    try await withSettings(Self.yaml) { project async throws in
      func strings() throws -> [String] {
        let environment = try project.settings().environment()
        return [
          shown(environment.setting("replica") { $0.replica ?? "" }),
          shown(environment.setting("primary") { $0.primary ?? "" }),
          shown(environment.setting("owner") { $0.owner ?? "" }),
        ]
      }
      #expect(
        try strings() == [
          "host=replica dbname=shop (reportgen.yaml:6)", "host=primary dbname=shop (reportgen.yaml:7)",
          " (default)",
        ])
      project.surroundings.variables["REPORTGEN_REPLICA"] = "service=other"
      project.surroundings.variables["REPORTGEN_PRIMARY"] = ""
      #expect(
        try strings() == ["service=other (REPORTGEN_REPLICA)", " (REPORTGEN_PRIMARY)", " (default)"])
      project.surroundings.variables = [:]
      project.options.environment = "sandbox"
      let sandbox = try project.settings().sandbox
      #expect(
        try strings() == [
          "\(sandbox.conninfo(.replica, user: "reportgen_reader")) (the sandbox)",
          "\(sandbox.conninfo(.primary, user: "reportgen_writer")) (the sandbox)",
          "reportgen_owner (the sandbox)",
        ])
    }
  }

  @Test("the engine gets what was resolved")
  func engine() async throws {
    try await withSettings(Self.yaml + "\ntimezone: Europe/Moscow") { project async throws in
      project.surroundings.variables["REPORTGEN_REPLICA"] = "service=other"
      let settings = try project.settings()
      let servers = settings.servers(try settings.environment().environment)
      #expect(servers.replica == "service=other" && servers.primary == "host=primary dbname=shop")
      #expect(servers.timezone == "Europe/Moscow" && servers.owner == nil)
      #expect(settings.output.path == project.folder + "/out")
      #expect(settings.output.shown == "out" && settings.output.host == "shop-3")
    }
  }

  @Test("the search path is the environment's, or the project's, with the place of its key")
  func searchPath() async throws {
    try await withSettings(
      """
      search_path: [public, ext]
      environments:
        own: {replica: a, primary: b, search_path: []}
        other: {replica: a, primary: b}
      """
    ) { project async throws in
      func found(_ environment: String) throws -> SearchPath {
        project.options.environment = environment
        let settings = try project.settings()
        return settings.servers(try settings.environment().environment).searchPath
      }
      #expect(try found("own") == SearchPath([], place: SourcePlace(line: 3, column: 33)))
      #expect(try found("other") == SearchPath(["public", "ext"], place: SourcePlace(line: 1, column: 1)))
      #expect(try found("sandbox") == SearchPath(["public", "ext"], place: SourcePlace(line: 1, column: 1)))

      let reports = project.folder + "/reports"
      try FileManager.default.createDirectory(atPath: reports, withIntermediateDirectories: true)
      try Data("select 1 as id".utf8).write(to: URL(fileURLWithPath: reports + "/one.sql"))
      try Data("title: One\nmaterialize: {as: none}".utf8).write(
        to: URL(fileURLWithPath: reports + "/one.yaml"))
      let paths = try ["own", "other", "sandbox", "nobody"].map { environment in
        project.options.environment = environment
        return try project.settings().loadReports().value.map(\.searchPath)
      }
      #expect(paths == [[[]], [["public", "ext"]], [["public", "ext"]], [["public", "ext"]]])
    }
  }

  // MARK: Files

  @Test("the metrics file is the option's, the variable's or the file's; an empty one is none")
  func metricsFile() async throws {
    try await withSettings(Self.yaml) { project async throws in
      func file(_ option: String? = nil) throws -> String {
        shown(try project.settings().metricsFile(option))
      }
      project.options.project = project.folder
      project.surroundings.directory = "/srv"
      #expect(try file() == "\(project.folder)/metrics/file.prom (reportgen.yaml:2)")
      project.surroundings.variables["REPORTGEN_METRICS_FILE"] = "variable.prom"
      #expect(try file() == "/srv/variable.prom (REPORTGEN_METRICS_FILE)")
      #expect(try file("/tmp/option.prom") == "/tmp/option.prom (--metrics-file)")
      #expect(try file("") == "none")
      project.surroundings.variables["REPORTGEN_METRICS_FILE"] = ""
      #expect(try file() == "none")
    }
    try await withSettings("timezone: UTC") { project async throws in
      #expect(try project.settings().metricsFile() == nil)
    }
  }

  @Test("the output folder knows whether the file names it, also when it names the default")
  func output() async throws {
    try await withSettings(Self.yaml) { project async throws in
      #expect(try shown(project.settings().outputFolder) == "out (reportgen.yaml:1)")
    }
    try await withSettings("timezone: UTC") { project async throws in
      #expect(try shown(project.settings().outputFolder) == "out (default)")
    }
  }

  @Test("a hook's variable tells that a run is started by a hook")
  func insideHook() async throws {
    try await withSettings(Self.yaml) { project async throws in
      #expect(try !project.settings().isInsideHook)
      project.surroundings.variables["REPORTGEN_RUN"] = "some-id"
      #expect(try project.settings().isInsideHook)
    }
  }

  // MARK: List

  @Test("every setting is listed with the line that has it, also where its value is the default's")
  func list() async throws {
    let yaml = """
      timezone: UTC
      default_env: production
      environments:
        production:
          replica: host=replica dbname=shop
          primary: host=primary dbname=shop
          on_lag: {wait: 60s}
          confirm: replica
          backup:
            info: [pgbackrest, info, --output=json]
          patroni: ["http://pg0:8008", "http://pg1:8008"]
          cluster_tls: {ca: /etc/ca.crt, certificate: /etc/me.pem}
          certificates: ["https://pg0:8432"]
      """
    try await withSettings(yaml) { project async throws in
      let list = try SettingsList(project.settings()).entries.dropFirst().map {
        "\($0.name): \($0.value) (\($0.source))"
      }
      func value(_ name: String) -> String? { list.first { $0.hasPrefix(name + ": ") } }
      #expect(
        list.filter { !$0.hasPrefix("primary") && !$0.hasPrefix("replica") } == [
          "environment: production (reportgen.yaml:2)", "timezone: UTC (reportgen.yaml:1)",
          "output: out (default)", "owner: the role that connects (default)",
          "on_lag.wait: 60s (reportgen.yaml:7)", "on_lag.then: fail (default)",
          "confirm: replica (reportgen.yaml:8)", "confirm_wait: 60s (default)",
          "reconnect_wait: 30s (default)", "statement_timeout: 3600s (default)",
          "backup.info: pgbackrest info --output=json (reportgen.yaml:10)", "backup.max_age: 26h (default)",
          "cluster_tls.ca: /etc/ca.crt (reportgen.yaml:12)",
          "cluster_tls.certificate: /etc/me.pem (reportgen.yaml:12)",
          "patroni: http://pg0:8008 http://pg1:8008 (reportgen.yaml:11)",
          "certificates: https://pg0:8432 (reportgen.yaml:13)",
        ])
      #expect(value("primary")?.hasSuffix(" (reportgen.yaml:6)") == true)
      #expect(value("replica")?.hasPrefix("replica: host=replica ") == true)
    }
  }

  @Test("a list shows a password as redacted, and a string that cannot be read as that")
  func secrets() async throws {
    try await withSettings("timezone: UTC") { project async throws in
      project.surroundings.variables["REPORTGEN_PRIMARY"] = "host=primary password=hunter2"
      project.surroundings.variables["REPORTGEN_REPLICA"] = "hots=replica"
      let entries = try SettingsList(project.settings()).entries
      let primary = try #require(entries.first { $0.name == "primary" })
      #expect(primary.value.contains("password=<redacted>") && !primary.value.contains("hunter2"))
      #expect(primary.source == .variable("REPORTGEN_PRIMARY"))
      #expect(entries.first { $0.name == "replica" }?.value == "not readable")
    }
  }
}

@Suite struct LogFormatTests {
  private func chosen(_ option: LogFormat?, _ variable: String?) throws -> Setting<LogFormat> {
    let variables = variable.map { ["REPORTGEN_LOG_FORMAT": $0] } ?? [:]
    return try LogFormat.setting(option, in: Surroundings(variables: variables, directory: "/"))
  }

  @Test("the log format is the option's, the variable's or text")
  func sources() throws {
    #expect(try chosen(nil, nil) == Setting(.text, from: .builtIn))
    #expect(try chosen(nil, "json") == Setting(.json, from: .variable("REPORTGEN_LOG_FORMAT")))
    #expect(try chosen(.text, "json") == Setting(.text, from: .option("--log-format")))
    #expect(
      failure { _ = try chosen(nil, "xml") }
        == "64\nerror: REPORTGEN_LOG_FORMAT must be text or json, but is \"xml\"")
  }
}
