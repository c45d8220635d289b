import Foundation
import TestSupport
import Testing

@Suite("Wrong usage and wrong files")
struct UsageTests {
  @Test(
    "wrong usage ends 64 and says how it is right",
    arguments: [
      ("option", ["run", "total", "--colour"]), ("command", ["fly"]),
      ("command-near", ["runn"]), ("command-nested", ["sandbox", "upp"]),
      ("report-tag", ["run", "tag:nightly"]), ("no-report", ["run"]),
      ("no-report-export", ["export"]),
      ("date", ["run", "total", "--date", "2024-02-30"]),
      ("date-word", ["run", "total", "--date", "gestern"]),
      ("to-alone", ["run", "total", "--to", "2024-03-01"]),
      ("to-before-from", ["run", "total", "--from", "2024-03-02", "--to", "2024-03-01"]),
      ("date-and-from", ["run", "total", "--date", "2024-03-02", "--from", "2024-03-01"]),
      ("refresh-and-date", ["run", "total", "--date", "2024-03-02", "--full-refresh"]),
      ("plan-refresh-and-date", ["plan", "total", "--date", "2024-03-02", "--full-refresh"]),
      ("plan-param", ["plan", "total", "regional", "--param", "limit=1"]),
      ("last", ["verify", "--last", "0"]),
      ("last-and-date", ["verify", "total", "--last", "2", "--date", "2024-03-02"]),
      ("refresh-and-restate", ["run", "total", "--full-refresh", "--restate"]),
      ("restate-and-from", ["run", "total", "--restate", "--from", "2024-03-02"]),
      ("lock-wait", ["run", "total", "--lock-wait", "soon"]),
      ("format", ["list", "--format", "xml"]), ("limit", ["history", "--limit", "-3"]),
      ("report", ["run", "totl"]), ("report-path", ["run", "../total"]),
      ("tag", ["run", "--tag", "nightly"]),
      ("exclude-all", ["run", "total", "--exclude", "total"]), ("show-glob", ["show", "*"]),
      ("new-path", ["new", "../evil"]), ("new-upper", ["new", "Sales"]), ("new-taken", ["new", "total"]),
      ("show-no-date", ["show", "regional", "--sql"]),
      ("param-unknown", ["run", "regional", "--param", "regoin=EU"]),
      ("param-no-equals", ["run", "regional", "--param", "region"]),
      ("param-type", ["run", "regional", "--param", "limit=many"]),
      ("param-twice", ["run", "regional", "--param", "limit=1", "--param", "limit=10"]),
      ("param-nul", ["run", "regional", "--param", "limit="]),
      ("param-two-reports", ["run", "total", "regional", "--param", "limit=1"]),
      ("param-reserved", ["run", "regional", "--param", "start=2024-01-01"]),
    ])
  func usage(name: String, arguments: [String]) async throws {
    try await withFiles { project in
      let outcome = try await Reportgen.run(arguments, environment: ["REPORTGEN_PROJECT": project.folder])
      try expectGolden("exit \(outcome.status)\n\(outcome.error)", "faults/usage-\(name).txt")
      #expect(outcome.output == "")
    }
  }

  @Test("a value of a parameter cannot lead a file out of its folder")
  func parameterPath() async throws {
    try await withProject { project in
      try project.report("regional", sql: regionalSQL, regionalYAML)
      let output = try await project.succeed(
        "run", "regional", "--date", "2024-03-01", "--param", "region=../../../etc/passwd")
      let files = project.files().keys.filter { $0.hasPrefix("regional") }
      #expect(files.allSatisfy { $0.split(separator: "/").count == 3 && !$0.contains("..") }, "\(output)")
      #expect(try project.onPrimary("select to_regclass('reports.regional') is null") == "t")
    }
  }

  @Test("definitions that are hostile by size or shape are refused, quickly and whole")
  func hostile() async throws {
    try await withFiles { project in
      try project.report("huge", sql: "select 1 as n", "title: " + String(repeating: "x", count: 10_000_000))
      let bomb = (1...9).map { level in
        "l\(level): &l\(level) [\((0..<9).map { _ in level == 1 ? "x" : "*l\(level - 1)" }.joined(separator: ", "))]"
      }
      try project.report("bomb", sql: "select 1 as n", "title: Bomb\n" + bomb.joined(separator: "\n"))
      try project.report("deep", sql: "select 1 as n", "title: " + String(repeating: "[", count: 5000))
      try project.report("Sales", sql: "select 1 as n", "title: Name")
      try project.report("Упаковка", sql: "select 1 as n", "title: Name")
      try project.report(
        "escape", sql: "select 1 as n", "title: Escape\nmaterialize: {as: table, table: \"../../etc.passwd\"}"
      )
      let outcome = try await project.run("lint")
      try expectGolden("exit \(outcome.status)\n\(outcome.error)", "faults/hostile.txt")
    }
  }

  @Test("a folder without a project, and a project file with mistakes, end 65")
  func project() async throws {
    try await withFiles { project in
      try project.write("timezone: Mars/Olympus\nenvironmets: {}\noutput: [a]\n", to: "reportgen.yaml")
      let wrong = try await project.run("list")
      try expectGolden("exit \(wrong.status)\n\(wrong.error)", "faults/project-mistakes.txt")
      try FileManager.default.removeItem(atPath: project.folder + "/reportgen.yaml")
      let none = try await project.run("list")
      try expectGolden("exit \(none.status)\n\(none.error)", "faults/project-missing.txt")
      let nowhere = try await Reportgen.run(["list", "--project", "/nowhere/at/all"])
      try expectGolden("exit \(nowhere.status)\n\(nowhere.error)", "faults/project-nowhere.txt")
    }
  }
}

private let regionalSQL = """
  select sale.day, :region::text as region, count(*) as sales from shop.sale as sale
  where sale.day >= :start and sale.day < :end group by sale.day limit :limit
  """
private let regionalYAML = """
  title: Regional
  period: day
  start: 2024-03-01
  parameters:
    region: {type: text, default: RU}
    limit: {type: integer, default: 10}
  materialize: {as: incremental, table: reports.regional, time_column: day}
  """

/// A project without servers: whatever needs one fails.
private func withFiles(_ body: (CommandProject) async throws -> Void) async throws {
  try await withDefinitions { project in
    try project.report("regional", sql: regionalSQL, regionalYAML)
    try await body(project)
  }
}
