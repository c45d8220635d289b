import Foundation
import ReportModel
import Testing

@testable import ReportDefinitions

@Suite struct SchemaTests {
  static let docs = GoldenCases.folder.appendingPathComponent("../../../docs")

  @Test(
    "the JSON Schemas in docs have exactly the keys that the readers accept",
    arguments: EditorSchemas.files())
  func agreement(_ path: String, _ expected: String) throws {
    let file = String(path.dropFirst(EditorSchemas.folder.count + 1))
    let url = Self.docs.appendingPathComponent(file)
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
      try expected.write(to: url, atomically: true, encoding: .utf8)
      Issue.record("recorded \(file)")
    }
    #expect(try String(contentsOf: url, encoding: .utf8) == expected)
  }

  /// Metadata as JSON, which is YAML too, and whether it is right.
  static let fixtures: [(json: String, isValid: Bool)] = [
    (#"{"title": "x", "materialize": {"as": "table", "table": "reports.t"}}"#, true),
    (#"{"title": "x", "materialize": {"as": "table", "table": "reports.t", "lookbak": 1}}"#, false),
    (#"{"title": "x", "materialize": {"as": "tabel", "table": "reports.t"}}"#, false),
    (#"{"materialize": {"as": "table", "table": "reports.t"}}"#, false),
    (#"{"title": "", "materialize": {"as": "table", "table": "reports.t"}}"#, false),
    (#"{"title": ["x"], "materialize": {"as": "table", "table": "reports.t"}}"#, false),
    (#"{"title": "x", "materialize": {"as": "table", "table": "t"}}"#, false),
    (#"{"title": "x", "materialize": {"as": "table", "table": "r.t", "batch": 0}}"#, false),
    (
      #"{"title": "x", "materialize": {"as": "table", "table": "r.t", "batch": 1, "indexes": [["a"], ["b", "a"]]}}"#,
      true
    ),
    (#"{"title": "x", "materialize": {"as": "table", "table": "r.t", "indexes": ["a"]}}"#, false),
    (#"{"title": "x", "materialize": {"as": "table", "table": "r.t", "unique_key": ["a", "a"]}}"#, false),
    (#"{"title": "x", "materialize": {"as": "table", "table": "r.t", "grants": {"select": ["a"]}}}"#, true),
    (#"{"title": "x", "materialize": {"as": "table", "table": "r.t", "grants": {"drop": ["a"]}}}"#, false),
    (
      base(
        #""checks": [{"not_null": ["a"]}, {"rows": {"min": 1, "severity": "warn"}}, {"sql": "select 1 from :staging"}]"#
      ), true
    ),
    (base(#""checks": [{"not_null": ["a"], "unique": ["a"]}]"#), false), (base(#""checks": [{}]"#), false),
    (base(#""checks": [{"range": {"column": "a"}}]"#), false),
    (base(#""checks": [{"range": {"column": "a", "min": -1.5}}]"#), true),
    (base(#""checks": [{"accepted_values": {"column": "a", "values": []}}]"#), false),
    (base(#""export": {}"#), true), (base(#""export": {"csv": false, "html": {}}"#), true),
    (base(#""export": {"csv": true}"#), false), (base(#""export": {"order_by": "none"}"#), true),
    (base(#""export": {"order_by": "a"}"#), false),
    (base(#""export": {"order_by": ["a desc"], "keep": 1}"#), true),
    (
      base(
        #""export": {"html": {"charts": [{"type": "pie", "x": "a", "y": "b", "limit": 3, "table": true}]}}"#),
      true
    ),
    (base(#""export": {"html": {"charts": [{"type": "pie", "x": "a", "y": "b", "limit": 0}]}}"#), false),
    (
      base(#""export": {"html": {"charts": [{"type": "line", "x": "a", "y": "b", "missing": "none"}]}}"#),
      false
    ),
    (base(#""export": {"csv": {"delimiter": ";;"}}"#), false), (base(#""period": "hour"#), false),
    (base(#""columns": {"a": {"type": "text", "format": "money"}}"#), true),
    (base(#""expect_within": "26h""#), true), (base(#""expect_within": "none""#), true),
    (base(#""expect_within": "26 h""#), false), (base(#""expect_within": 26"#), false),
    (base(#""columns": {"a": {"format": "euro"}}"#), false), (base(#""start": "yesterday""#), false),
    (superset(#"{}"#), true), (superset(#"[]"#), false),
    (superset(#"{"metrics": {"m": {"sql": "sum(a)"}}}"#), true),
    (superset(#"{"metrics": {"m": {}}}"#), false), (superset(#"{"metric": {}}"#), false),
    (superset(#"{"charts": {"c": {"type": "table", "title": "x", "columns": ["a"]}}}"#), true),
    (superset(#"{"charts": {"c": {"type": "bars", "title": "x", "columns": ["a"]}}}"#), false),
    (superset(#"{"charts": {"C": {"type": "table", "title": "x", "columns": ["a"]}}}"#), false),
    (superset(#"{"charts": {"c": {"type": "table", "columns": ["a"]}}}"#), false),
    (incremental(#""retention": "3 years", "on_change": "restate""#), true),
    (incremental(#""retention": "1 day""#), true), (incremental(#""retention": "3""#), false),
    (incremental(#""retention": 3"#), false), (incremental(#""retention": "-3 years""#), false),
    (incremental(#""on_change": "rebuild""#), false),
    (base(#""parameters": {"1a": {"type": "text"}}"#), false), (base(#""parameters": {"p": {}}"#), false),
  ]

  static func incremental(_ keys: String) -> String {
    #"{"title": "x", "period": "day", "start": "2024-01-01", "materialize": "#
      + #"{"as": "incremental", "table": "reports.t", "time_column": "a", "# + keys + "}}"
  }

  static func superset(_ value: String) -> String { base(#""superset": "# + value) }

  static func base(_ member: String) -> String {
    #"{"title": "x", "materialize": {"as": "table", "table": "reports.t"}, "# + member + "}"
  }

  @Test("the reader accepts valid metadata and rejects invalid metadata", arguments: fixtures)
  func reader(_ json: String, _ isValid: Bool) throws {
    let loaded = try Sample.project(sql: "select a, b from s.t", yaml: json).load()
    #expect(loaded.hasErrors == !isValid, "\(text(loaded.diagnostics))")
  }

  /// Test files as JSON, likewise; the report has columns a and b, a parameter p, and no period.
  static let testFixtures: [(json: String, isValid: Bool)] = [
    (test(#""expect": []"#), true), (test(#""expect": [{"a": 1, "b": null}, {}]"#), true),
    (test(#""expect": "a, b\n1, 2""#), true), (test(#""expect": """#), false),
    (test(#""expect": [[1]]"#), false), (test(#""expect": [{"a": {"x": 1}}]"#), false),
    (test(#""expect": [{"a": [1, null, [true, "x"]]}]"#), true),
    (test(#""expect": {"rows": [], "ordered": true}"#), true), (test(#""expect": {"ordered": true}"#), false),
    (test(#""expect": {"count": 0}"#), true), (test(#""expect": {"count": -1}"#), false),
    (test(#""expect": {"checks": "pass"}"#), true), (test(#""expect": {"checks": true}"#), false),
    (test(#""expect": {"fails": ["unique_key", {"not_null": "a"}]}"#), true),
    (test(#""expect": {"fails": []}"#), false), (test(#""expect": {"fails": ["primary_key"]}"#), false),
    (test(#""expect": {"fails": [{"not_null": "a", "unique": "a"}]}"#), false),
    (test(#""expect": [], "given": {"s.t": [{"x": 1}], "s.u": "x\n1"}"#), true),
    (test(#""expect": [], "given": {"t": []}"#), false), (test(#""expect": [], "given": []"#), false),
    (test(#""expect": [], "parameters": {"p": ["x", 1]}"#), true),
    (test(#""expect": [], "parameters": {"1": "x"}"#), false),
    (test(#""expect": [], "date": "soon""#), false), (test(#""expect": [], "expected": []"#), false),
    (#"{"tests": [{"name": "x"}]}"#, false), (#"{"tests": [{"name": "x\ny", "expect": []}]}"#, false),
    (#"{"tests": []}"#, false), (#"{}"#, false),
  ]

  static func test(_ members: String) -> String { #"{"tests": [{"name": "x", "# + members + "}]}" }

  private static let tested = """
    title: Tested
    parameters: {p: {type: "text[]", default: []}}
    materialize: {as: table, table: reports.t, unique_key: [a]}
    checks: [{not_null: [a]}, {unique: [a, b]}]
    """

  @Test("the reader accepts valid test files and rejects invalid ones", arguments: testFixtures)
  func testReader(_ json: String, _ isValid: Bool) throws {
    let project = try Sample.project(sql: "select t.a, t.b from s.t where t.a = any (:p)", yaml: Self.tested)
    try project.write("reports/sales.test.yaml", Data(json.utf8))
    let loaded = project.loadTests()
    #expect(loaded.hasErrors == !isValid, "\(text(loaded.diagnostics))")
  }

  /// Dashboards as JSON, likewise; report `sales` has the chart `total` and the column a.
  static let dashboardFixtures: [(json: String, isValid: Bool)] = [
    (#"{"title": "x", "rows": [["sales/total"]]}"#, true), (#"{"title": "x", "rows": []}"#, false),
    (#"{"title": "x", "rows": [[]]}"#, false), (#"{"title": "x"}"#, false),
    (#"{"title": "x", "rows": [["sales"]]}"#, false), (#"{"title": "x", "rows": ["sales/total"]}"#, false),
    (#"{"title": "x", "rows": [{"charts": [{"chart": "sales/total", "width": 6}], "height": 20}]}"#, true),
    (#"{"title": "x", "rows": [[{"chart": "sales/total", "width": 13}]]}"#, false),
    (#"{"title": "x", "rows": [["sales/total"]], "filters": [{"type": "time", "title": "t"}]}"#, true),
    (#"{"title": "x", "rows": [["sales/total"]], "filters": [{"type": "day", "title": "t"}]}"#, false),
    (
      #"{"title": "x", "rows": [["d/c"]], "datasets": {"d": {"title": "d", "table": "s.t", "columns": {"a": {}}, "#
        + #""charts": {"c": {"type": "table", "title": "c", "columns": ["a"]}}}}}"#, true
    ),
    (#"{"title": "x", "rows": [["sales/total"]], "datasets": {"d": {"title": "d", "table": "s.t"}}}"#, false),
  ]

  @Test("the reader accepts valid dashboards and rejects invalid ones", arguments: dashboardFixtures)
  func dashboardReader(_ json: String, _ isValid: Bool) throws {
    let superset =
      #"{"metrics": {"m": {"sql": "sum(a)"}}, "charts": {"total": {"type": "number", "title": "t", "y": "m"}}}"#
    let project = try Sample.project(sql: "select a, b from s.t", yaml: Self.superset(superset))
    try project.write("reports/dashboards/shop.yaml", Data(json.utf8))
    let loaded = ProjectLoader(directory: project.directory).loadDashboards(project.load())
    #expect(loaded.hasErrors == !isValid, "\(text(loaded.diagnostics))")
  }

  @Test(
    "the JSON Schemas accept and reject the same files, as Python's jsonschema validates them",
    .enabled(
      if: Python.hasJSONSchema || ProcessInfo.processInfo.environment["CI"] == "true",
      "Python's jsonschema is missing: apt-get install python3-jsonschema"),
    arguments: [
      ("report.schema.json", fixtures), ("test.schema.json", testFixtures),
      ("dashboard.schema.json", dashboardFixtures),
    ])
  func schema(_ file: String, _ fixtures: [(json: String, isValid: Bool)]) throws {
    let schema = try String(contentsOf: Self.docs.appendingPathComponent(file), encoding: .utf8)
    let verdicts = try Python.judge(fixtures.map(\.json), schema)
    for (fixture, verdict) in zip(fixtures, verdicts) {
      #expect(verdict == fixture.isValid, "\(fixture.json)")
    }
    #expect(verdicts.count == fixtures.count)
  }
}

private enum Python {
  static let hasJSONSchema = (try? run("from jsonschema import Draft202012Validator", [])) != nil

  private static let script = """
    import json, jsonschema, sys
    schema, documents = json.load(open(sys.argv[1]))
    schema = json.loads(schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    def is_valid(text):
      try: return validator.is_valid(json.loads(text))
      except ValueError: return False
    print(json.dumps([is_valid(text) for text in documents]))
    """

  static func judge(_ documents: [String], _ schema: String) throws -> [Bool] {
    let project = try TestProject()
    try project.write("input.json", JSONSerialization.data(withJSONObject: [schema, documents]))
    let output = try run(script, [project.directory + "/input.json"])
    return try JSONDecoder().decode([Bool].self, from: output)
  }

  private struct Failed: Error {}

  private static func run(_ script: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed() }
    return data
  }
}
