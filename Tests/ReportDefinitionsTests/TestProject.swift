import Foundation
import ReportDefinitions
import ReportModel

/// A project in a folder of its own, removed with the value.
final class TestProject {
  let directory: String

  init(_ files: [String: String] = [:]) throws {
    directory = NSTemporaryDirectory() + "reportgen-definitions-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory + "/reports", withIntermediateDirectories: true)
    for (path, text) in files { try write(path, Data(text.utf8)) }
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func write(_ path: String, _ data: Data) throws {
    let url = URL(fileURLWithPath: directory + "/" + path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }

  func loadProject() -> Loaded<Project> { ProjectLoader(directory: directory).loadProject() }

  func load(timezone: String = "UTC", searchPath: [String] = []) -> Loaded<[Report]> {
    var project = Project(timezone: timezone)
    project.searchPath = searchPath
    return ProjectLoader(directory: directory).loadReports(project)
  }

  func loadTests() -> Loaded<[ReportTests]> {
    ProjectLoader(directory: directory).loadTests(load().value)
  }

  /// Every diagnostic of the reports, of their tests and of dashboards, as the command prints them.
  func lint() -> String {
    let reports = load()
    let dashboards = ProjectLoader(directory: directory).loadDashboards(reports)
    return text(reports.diagnostics + loadTests().diagnostics + dashboards.diagnostics)
  }
}

func text(_ diagnostics: [Diagnostic]) -> String { diagnostics.map(\.description).joined(separator: "\n") }

/// A definition without a mistake, to which a test adds one.
enum Sample {
  static let sql = """
    select p.day, p.amount
    from s.purchases as p
    where p.day >= :start and p.day < :end
    """

  static let yaml = """
    title: Sales
    period: day
    start: 2024-01-01
    materialize: {as: incremental, table: reports.sales, time_column: day}
    """

  static func project(sql: String = sql, yaml: String = yaml) throws -> TestProject {
    try TestProject(["reports/sales.sql": sql, "reports/sales.yaml": yaml])
  }

  /// The one report of a definition that is expected to be right.
  static func report(sql: String = sql, yaml: String = yaml) throws -> Report {
    let loaded = try project(sql: sql, yaml: yaml).load()
    guard let report = loaded.value.first, !loaded.hasErrors else {
      throw Diagnostic(.error, text(loaded.diagnostics))
    }
    return report
  }
}
