import Foundation
import ProcessRunner
import ReportModel
import TestSupport
import Testing

/// The reference documents say everything that there is, and nothing else.
@Suite struct ReferenceTests {
  // MARK: Keys

  @Test(
    "the tables of keys have every key of the JSON Schema, and no other",
    arguments: [
      ("docs/definitions.md", "docs/report.schema.json"),
      ("docs/configuration.md", "docs/project.schema.json"),
      ("docs/testing.md", "docs/test.schema.json"),
      ("docs/superset.md", "docs/dashboard.schema.json"),
    ])
  func keys(_ path: String, _ schemaPath: String) throws {
    let schema = try JSONSerialization.jsonObject(with: Data(Repository.text(schemaPath).utf8))
    var known: Set<String> = []
    collect(schema, "", &known)
    known = Set(known.map { $0.replacing(/^checks\[\]\..*\.severity$/, with: "checks[]….severity") })
    // What a dataset of a dashboard has in common with a report, and the short form of a row.
    known = Set(
      known.map { $0.replacing(/^(datasets\.NAME\.(columns|computed|metrics|charts))\..*$/) { $0.1 } })
    known = Set(known.map { $0.replacing("rows[][]", with: "rows[].charts[]") })
    let leaves = known.filter { key in !known.contains { $0.hasPrefix(key + ".") || $0.hasPrefix(key + "[") }
    }
    let heading = path.hasSuffix("configuration.md") ? "## Keys" : "## All keys"
    let written = Set(try rows(of: Document(path), under: heading).map(\.name))
    #expect(leaves.subtracting(written) == [])
    #expect(written.subtracting(known) == [])
    #expect(leaves.count > 10)
  }

  @Test("the defaults in the tables of keys are those of the code")
  func defaults() throws {
    let export = ExportSettings()
    let html = HTMLSettings()
    let expected = [
      "period": "`none`", "materialize.lookback": "0", "materialize.batch": "1",
      "materialize.on_schema_change": "`\(Materialization(kind: .table).onSchemaChange.rawValue)`",
      "export.keep": "\(export.keep)", "export.html.history": "\(html.history)",
      "export.html.rows": "\(html.rows)",
      "export.csv.delimiter": "`\(CSVSettings().delimiter)`",
      "export.csv.line_ending": "`\(CSVSettings().lineEnding.rawValue)`",
      "export.csv.decimal": "`\(CSVSettings().decimal.rawValue)`",
    ]
    let rows = try rows(of: Document("docs/definitions.md"), under: "## All keys")
    for (key, value) in expected { #expect(rows.first { $0.name == key }?.cells[2] == value, "\(key)") }

    let project = Project()
    let environment = Project.Environment(name: "x")
    let settings = [
      "timezone": "`\(project.timezone)`", "output": "`\(project.output)`",
      "default_env": "`\(project.defaultEnvironment)`", "max_catch_up": "\(project.maxCatchUp)",
      "hook_timeout": "`\(project.hookTimeoutSeconds)s`",
      "sandbox.database": "`\(project.sandbox.database)`",
      "environments.NAME.on_lag.wait": "`\(environment.lagWaitSeconds)s`",
      "environments.NAME.on_lag.then": "`\(environment.lagging.rawValue)`",
      "environments.NAME.confirm": "`\(environment.confirm.rawValue)`",
      "environments.NAME.confirm_wait": "`\(environment.confirmWaitSeconds)s`",
      "environments.NAME.statement_timeout": "`\(environment.statementTimeoutSeconds / 3600)h`",
    ]
    let written = try self.rows(of: Document("docs/configuration.md"), under: "## Keys")
    for (key, value) in settings { #expect(written.first { $0.name == key }?.cells[1] == value, "\(key)") }
  }

  private func collect(_ node: Any, _ path: String, _ keys: inout Set<String>) {
    guard let node = node as? [String: Any] else { return }
    for (name, value) in node["properties"] as? [String: Any] ?? [:] {
      let key = path.isEmpty ? name : path + "." + name
      keys.insert(key)
      collect(value, key, &keys)
    }
    if let named = node["additionalProperties"] as? [String: Any] { collect(named, path + ".NAME", &keys) }
    if let items = node["items"] { collect(items, path + "[]", &keys) }
    for alternative in node["anyOf"] as? [Any] ?? [] { collect(alternative, path, &keys) }
  }

  // MARK: Commands

  @Test("commands.md has every command and every option of the help, and no other option")
  func options() async throws {
    let command = Command(Session.executableFolder + "/reportgen", ["--experimental-dump-help"])
    let dump = try await command.run()
    let help = try JSONSerialization.jsonObject(with: Data(dump.output.utf8)) as? [String: Any]
    let root = try #require(help?["command"] as? [String: Any])
    let document = try Document("docs/commands.md")
    let text = document.prose.joined(separator: "\n")
    var known: Set<String> = []
    visit(root, "") { name, options in
      known.formUnion(options)
      guard name.split(separator: " ").count == 1, name != "help" else { return }
      #expect(document.prose.contains("## \(name)"), "\(name)")
    }
    for name in ["up", "down", "status", "psql", "reset"] {
      #expect(text.contains("`reportgen sandbox \(name)`"))
    }
    let written = Set(text.matches(of: /`(--?[a-z-]+)/).map { String($0.1) }).subtracting(["--"])
    #expect(known.subtracting(written) == [])
    #expect(written.subtracting(known) == [])
    #expect(known.count > 20)
  }

  private func visit(_ command: [String: Any], _ path: String, _ body: (String, Set<String>) -> Void) {
    let arguments = command["arguments"] as? [[String: Any]] ?? []
    var options: Set<String> = []
    for argument in arguments where argument["kind"] as? String != "positional" {
      for name in argument["names"] as? [[String: Any]] ?? [] {
        let dashes = name["kind"] as? String == "short" ? "-" : "--"
        options.insert(dashes + (name["name"] as? String ?? ""))
      }
    }
    body(path, options)
    for child in command["subcommands"] as? [[String: Any]] ?? [] {
      let name = child["commandName"] as? String ?? ""
      visit(child, path.isEmpty ? name : path + " " + name, body)
    }
  }

  // MARK: Exit codes

  @Test("the table of exit codes has each of them")
  func exitCodes() throws {
    let document = try Document("docs/exit-codes.md")
    let codes = document.prose.compactMap { $0.firstMatch(of: /^\| (\d+) \|/).flatMap { Int32($0.1) } }
    #expect(codes == ExitStatus.allCases.map(\.rawValue))
    let order = "130, 69, 64, 70, 65, 1, 75"
    #expect(document.prose.contains { $0.contains(order) })
    let codesInOrder = order.split(separator: ", ").compactMap { Int32($0) }.compactMap(ExitStatus.init)
    for (index, status) in codesInOrder.enumerated() {
      #expect(ExitStatus.combined(codesInOrder[index...].reversed()) == status)
    }
  }

  // MARK: The ledger

  @Test("ledger.md has every table, view, column and type of the ledger")
  func ledger() async throws {
    let folder = Repository.root.appending(path: "sql/ledger").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    let sql = try files.map { try Repository.text("sql/ledger/" + $0) }.joined(separator: "\n")
    let found = try await withDatabase { database in
      _ = try psql(database.primary, "create schema reportgen;\n" + sql)
      return try psql(
        database.primary,
        """
        select c.relname || ' ' || a.attname || ' ' || case format_type(a.atttypid, null)
          when 'timestamp with time zone' then 'timestamptz'
          when 'timestamp with time zone[]' then 'timestamptz[]' else format_type(a.atttypid, null) end
        from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'reportgen'::regnamespace and c.relkind in ('r', 'v') and a.attnum > 0
        order by c.relname, a.attnum
        """)
    }
    let document = try Document("docs/ledger.md")
    var written: [String] = []
    for heading in document.prose.filter({ $0.hasPrefix("### reportgen.") }) {
      let table = heading.dropFirst("### reportgen.".count)
      for row in rows(of: document, under: heading) { written.append("\(table) \(row.name) \(row.cells[1])") }
    }
    #expect(written.sorted() == found.split(separator: "\n").map(String.init).sorted())
  }

  // MARK: JSON

  @Test(
    "every key of the JSON that the documents show is explained there",
    arguments: [("docs/json.md", true), ("docs/exports.md", false)])
  func json(_ path: String, _ isNested: Bool) throws {
    let document = try Document(path)
    let words = Set(document.prose.joined(separator: "\n").matches(of: /`([^`]+)`/).map { String($0.1) })
    let known = Set(words.flatMap { $0.split(whereSeparator: { ".[]".contains($0) }).map(String.init) })
    var keys: Set<String> = []
    for block in document.blocks where block.language == "console" {
      // A log has an object in each line.
      for line in block.lines where line.hasPrefix("{\"") {
        collectKeys(try JSONSerialization.jsonObject(with: Data(line.utf8)), isNested, &keys)
      }
      let value = block.lines.drop { !["{", "["].contains($0) }
      guard !value.isEmpty else { continue }
      let end = value.lastIndex { ["}", "]"].contains($0) } ?? value.startIndex
      let text = value[...end].joined(separator: "\n")
      collectKeys(try JSONSerialization.jsonObject(with: Data(text.utf8)), isNested, &keys)
    }
    #expect(keys.subtracting(known) == [])
    #expect(keys.count > 10)
  }

  private func collectKeys(_ value: Any, _ isNested: Bool, _ keys: inout Set<String>) {
    for item in value as? [Any] ?? [] { collectKeys(item, isNested, &keys) }
    for (key, item) in value as? [String: Any] ?? [:] {
      keys.insert(key)
      if isNested { collectKeys(item, isNested, &keys) }
    }
  }

  // MARK: Tables of Markdown

  private struct Row {
    /// What the first cell has in backticks.
    var name: String
    var cells: [String]
  }

  /// The rows of the tables under a heading, up to the next one of its level.
  private func rows(of document: Document, under heading: String) -> [Row] {
    guard let start = document.prose.firstIndex(of: heading) else { return [] }
    let marks = heading.prefix { $0 == "#" }
    let rest = document.prose[(start + 1)...].prefix { line in
      let level = line.prefix { $0 == "#" }.count
      return level == 0 || level > marks.count
    }
    return rest.compactMap { line in
      guard let name = line.firstMatch(of: /^\| `([^`]+)` \|/)?.1 else { return nil }
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
      return Row(name: String(name), cells: cells.map { $0.trimmingCharacters(in: .whitespaces) })
    }
  }
}
