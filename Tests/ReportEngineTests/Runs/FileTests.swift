import Foundation
import ReportExport
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Files show the published rows, each interval's own, and come back when they are gone.
@Suite struct FileTests {
  static let nasty = """
    insert into src.sale (id, day, currency, amount, note) values
      (1, '2024-01-01', 'RUB', 1.0, 'plain'), (2, '2024-01-01', '', 2.50, E'tab\\tquote"comma,\\r\\nline'),
      (3, '2024-01-02', null, null, null), (4, '2024-01-03', '\\.', 'NaN', 'ж 🛒 \\N'), (5, '2024-01-03', 'USD', -5, '')
    """

  static let sql = """
    select sale.id, sale.day, sale.currency, sale.amount, sale.note
    from src.sale as sale
    """

  struct Case: CustomTestStringConvertible, Sendable {
    var kind: String
    var yaml: String
    var dates: DateSelection
    /// Folder of the CSV, and what psql has to be asked for the same rows.
    var folders: [(name: String, condition: String)]
    var testDescription: String { kind }
  }

  static let days = ["2024-01-01", "2024-01-02", "2024-01-03"].map {
    (name: $0, condition: "where day = '\($0)'")
  }
  static let cases = [
    Case(
      kind: "incremental, streamed", yaml: Definition.daily("unique_key: [id]"),
      dates: Definition.day("2024-01-03"), folders: [days[2]]),
    Case(
      kind: "incremental, from the table", yaml: Definition.daily("unique_key: [id], batch: 5"),
      dates: Definition.range("2024-01-01", "2024-01-04"), folders: days),
    Case(
      kind: "append", yaml: Definition.daily("unique_key: [id]", kind: "append"),
      dates: Definition.range("2024-01-01", "2024-01-04"), folders: days),
    Case(
      kind: "merge", yaml: Definition.daily("unique_key: [id]", kind: "merge"),
      dates: Definition.range("2024-01-01", "2024-01-04"), folders: [("2024-01-03", "")]),
    Case(
      kind: "table", yaml: Definition.whole("unique_key: [id]"), dates: .missing, folders: [("", "")]),
    Case(
      kind: "table, ordered", yaml: Definition.whole(export: "csv: {}, order_by: [amount desc, id]"),
      dates: .missing, folders: [("", "")]),
  ]

  @Test("files that another run has replaced meanwhile are owed, with a reason, and not listed as written")
  func replaced() async throws {
    try await withProject { project in
      try await project.execute(Self.nasty)
      try await project.define("sale", Definition.daily("unique_key: [id], batch: 5"), sql: Definition.sql)
      let graph = DependencyGraph(try project.reports())
      let manifest = project.output + "/sale/2024-01-02/manifest.json"
      let configuration = project.configuration(
        RunOptions(dates: Definition.range("2024-01-01", "2024-01-04")))
      let own = configuration.run.id.uuidString.lowercased()
      let result = await RunEngine(configuration) { event in
        // As soon as the file is there, it names another run.
        guard case .waiting = event, let text = try? String(contentsOfFile: manifest, encoding: .utf8) else {
          return
        }
        let other = text.replacing(own, with: UUID().uuidString.lowercased())
        try? Data(other.utf8).write(to: URL(fileURLWithPath: manifest))
      }.run(graph.reports, graph: graph)
      let outcome = try #require(result.reports.first)
      #expect(result.status == .tryAgain)
      #expect(outcome.owedFiles == ["out/sale/2024-01-02"])
      #expect(
        outcome.files.map { $0.dropFirst("out/sale/".count).prefix(10) }.sorted() == [
          "2024-01-01", "2024-01-01", "2024-01-03", "2024-01-03",
        ])
      #expect(
        outcome.text == """
          reports/sale.yaml: error: the files of "sale" are not those of its published rows
            detail: Another run has written out/sale/2024-01-02 meanwhile, or has published its rows anew.
            hint: The next run writes what is owed.
          """)
      let next = try await project.run("sale", Definition.day("2024-01-02"))
      #expect(next.status == .done && next.owedFiles == [])
    }
  }

  @Test("a CSV file is what PostgreSQL's own COPY makes of the interval's published rows", arguments: cases)
  func equalsCopy(_ given: Case) async throws {
    try await withProject { project in
      try await project.execute(Self.nasty)
      let condition = given.yaml.contains("period") ? " where sale.day >= :start and sale.day < :end" : ""
      try await project.define("sale", given.yaml, sql: Self.sql + condition)
      try await project.publish("sale", given.dates)
      let order = given.yaml.contains("order_by") ? "amount desc, id" : "id"
      for folder in given.folders {
        let name = folder.name.isEmpty ? project.today.description : folder.name
        let path = "\(project.output)/sale/\(name)"
        let copy =
          "copy (select * from reports.sale \(folder.condition) order by \(order)) to stdout (format csv, header)"
        let expected = Data((try psql(project.database.primary, copy) + "\n").utf8)
        #expect(FileManager.default.contents(atPath: path + "/sale.csv") == expected)
        // Read again from the table, whichever way it came first.
        try FileManager.default.removeItem(atPath: path)
        try await project.export("sale")
        #expect(FileManager.default.contents(atPath: path + "/sale.csv") == expected)
      }
    }
  }

  @Test("a file for Excel has the same bytes, streamed or read again")
  func excel() async throws {
    try await withProject { project in
      try await project.execute(Self.nasty)
      let yaml = Definition.daily("unique_key: [id]", export: "csv: {excel: ru}")
      try await project.define("sale", yaml, sql: Self.sql + " where sale.day >= :start and sale.day < :end")
      try await project.publish("sale", Definition.day("2024-01-01"))
      let folder = "\(project.output)/sale/2024-01-01"
      let expected = Data(
        ("\u{FEFF}id;day;currency;amount;note\r\n1;2024-01-01;RUB;1,0;plain\r\n"
          + "2;2024-01-01;\"\";2,50;\"tab\tquote\"\"comma,\r\nline\"\r\n").utf8)
      #expect(FileManager.default.contents(atPath: folder + "/sale.csv") == expected)
      try FileManager.default.removeItem(atPath: folder)
      try await project.export("sale")
      #expect(FileManager.default.contents(atPath: folder + "/sale.csv") == expected)
    }
  }

  @Test("of a merge the file shows the whole table, also after an older interval was run again")
  func mergeOlder() async throws {
    try await withProject { project in
      try await project.execute(Self.nasty)
      try await project.define("sale", Definition.daily("unique_key: [id]", kind: "merge"))
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      try await project.execute("update src.sale set amount = 77 where id = 1")
      try await project.publish("sale", Definition.day("2024-01-01"))
      let csv = try String(contentsOfFile: project.output + "/sale/2024-01-03/sale.csv", encoding: .utf8)
      #expect(csv.contains("\n1,2024-01-01,RUB,77\n"))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: project.output + "/sale").sorted() == [
          "2024-01-03", "latest",
        ])
    }
  }

  @Test("a view's file shows its rows of now, at every run")
  func view() async throws {
    try await withProject { project in
      try await project.execute(Self.nasty)
      try await project.define("sale", Definition.daily("unique_key: [id]"))
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      try await project.define(
        "view", "materialize: {as: view, table: reports.v}\nexport: {csv: {}, order_by: [id]}",
        sql: "select sale.id, sale.amount from reports.sale as sale")
      try await project.publish("view")
      try await project.execute("update src.sale set amount = 77 where id = 1")
      try await project.publish("sale", Definition.day("2024-01-01"))
      try await project.publish("view")
      let copy = "copy (select * from reports.v order by id) to stdout (format csv, header)"
      #expect(
        FileManager.default.contents(atPath: "\(project.output)/view/\(project.today)/view.csv")
          == Data((try psql(project.database.primary, copy) + "\n").utf8))
    }
  }

  @Test(
    "a file that is gone, cut, or whose manifest is another run's is owed, and the next run writes it",
    arguments: ["rm sale.csv", "cut sale.html", "rm manifest.json", "old manifest.json", "rm folder"])
  func owed(_ damage: String) async throws {
    try await withProject { project in
      try await project.execute(Self.nasty)
      try await project.define(
        "sale", Definition.daily("unique_key: [id]", start: project.day(-1), export: "csv: {}, html: {}"))
      try await project.publish("sale")
      let folder = "\(project.output)/sale/\(project.day(-1))"
      let before = try Files(folder)
      let path = folder + "/" + damage.split(separator: " ")[1]
      switch damage {
      case "rm folder": try FileManager.default.removeItem(atPath: folder)
      case "cut sale.html": try Data("<html>".utf8).write(to: URL(fileURLWithPath: path))
      case "old manifest.json":
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let run = try await project.rows("select run_id from reportgen.run")
        try Data(text.replacing(run, with: UUID().uuidString.lowercased()).utf8)
          .write(to: URL(fileURLWithPath: path))
      default: try FileManager.default.removeItem(atPath: path)
      }
      let outcome = try await project.publish("sale")
      #expect(outcome.state == .upToDate)
      #expect(
        outcome.files.map { ($0 as NSString).lastPathComponent } == [
          "sale.csv", "sale.html", "manifest.json",
        ])
      let after = try Files(folder)
      #expect(after.names == before.names)
      #expect(after.contents == before.contents)
      let quiet = try await project.publish("sale")
      #expect(quiet.files == [])
    }
  }

  @Test("every hash of a manifest is the one that sha256sum computes, and its run is the ledger's")
  func manifest() async throws {
    try await withProject { project in
      try await project.execute(Self.nasty)
      try await project.define("sale", Definition.daily("unique_key: [id]", export: "csv: {}, html: {}"))
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      for day in Self.days.map(\.name) {
        let folder = try ExportFolder(output: project.output, report: "sale", interval: day)
        let manifest = try #require(try folder.manifest())
        #expect(manifest.run == (try await project.rows("select run_id from reportgen.run")))
        #expect(manifest.files.map(\.name) == ["sale.csv", "sale.html"])
        for file in manifest.files {
          let sum = Process()
          let output = Pipe()
          sum.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
          sum.arguments = ["\(project.output)/sale/\(day)/\(file.name)"]
          sum.standardOutput = output
          try sum.run()
          let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
          sum.waitUntilExit()
          #expect(String(text.prefix(64)) == file.sha256)
        }
      }
    }
  }

  @Test("latest names the newest interval and never moves back")
  func latest() async throws {
    try await withProject { project in
      try await project.execute(Self.nasty)
      try await project.define("sale", Definition.daily("unique_key: [id]"))
      func latest() throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: project.output + "/sale/latest")
      }
      for (day, expected) in [
        ("2024-01-02", "2024-01-02"), ("2024-01-01", "2024-01-02"), ("2024-01-03", "2024-01-03"),
      ] {
        try await project.publish("sale", Definition.day(day))
        #expect(try latest() == expected)
      }
    }
  }

  @Test("only the newest intervals have files, as many as are kept")
  func keep() async throws {
    try await withProject { project in
      try await project.execute(Self.nasty)
      try await project.define(
        "sale", Definition.daily("unique_key: [id]", export: "csv: {}, keep: 2"))
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: project.output + "/sale").sorted()
          == ["2024-01-02", "2024-01-03", "latest"])
    }
  }

  @Test("export writes the files of published rows again, and computes nothing")
  func again() async throws {
    try await withProject { project in
      try await project.execute(Self.nasty)
      try await project.define("sale", Definition.daily("unique_key: [id]", kind: "merge"))
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      try await project.execute("update src.sale set amount = 99")
      let before = try Files(project.output)
      try FileManager.default.removeItem(atPath: project.output + "/sale")
      try await project.export("sale")
      let after = try Files(project.output)
      #expect(after.names == before.names)
      #expect(after.contents == before.contents)
    }
  }

  @Test("a folder that cannot be written leaves the rows published and the files owed")
  func unwritable() async throws {
    try await withProject { project in
      try await project.execute(Self.nasty)
      try await project.define("sale", Definition.daily("unique_key: [id]"))
      try project.write("out", "a file where the folder should be")
      let outcome = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(outcome.status == .failed)
      #expect(outcome.state == .confirmed)
      #expect(outcome.owedFiles == ["out/sale/2024-01-01"])
      #expect(try await project.count("select from reports.sale") == 2)
      try FileManager.default.removeItem(atPath: project.output)
      let later = try await project.publish("sale", Definition.day("2024-01-01"))
      #expect(later.files.count == 2)
    }
  }
}

extension EngineProject {
  /// What `reportgen export NAME` does.
  func export(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let graph = DependencyGraph(try reports())
    let engine = RunEngine(configuration(RunOptions()))
    let result = await engine.exportAgain([try report(name)], graph: graph)
    #expect(result.status == .done, sourceLocation: sourceLocation)
  }
}
