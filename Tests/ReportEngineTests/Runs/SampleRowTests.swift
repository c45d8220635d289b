import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Rows that a dry run shows.
@Suite struct SampleRowTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var yaml: String
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "incremental", yaml: Definition.daily("unique_key: [day, note]")),
    Case(name: "incremental without a key", yaml: Definition.daily()),
    Case(name: "merge", yaml: Definition.daily("unique_key: [day, note]", kind: "merge")),
    Case(name: "table", yaml: Definition.whole("unique_key: [day, note]")),
  ]

  static let sales = """
    insert into src.sale (id, day, note, amount) values (1, '2024-01-01', 'Чай "зелёный"', 1.0),
      (2, '2024-01-01', null, 2), (3, '2024-01-01', E'two\\nlines', null), (4, '2024-01-01', '', 4)
    """

  static let change = """
    update src.sale set amount = 1.00 where id = 1;
    update src.sale set amount = 0 where id = 3;
    delete from src.sale where id = 2;
    insert into src.sale (id, day, note, amount) values (5, '2024-01-01', 'null', 5)
    """

  private static func sql(_ yaml: String) -> String {
    let select = "select sale.day, sale.note, sale.amount from src.sale as sale"
    return yaml.contains("period") ? select + " where sale.day >= :start and sale.day < :end" : select
  }

  private static func dryRun(_ yaml: String) -> RunOptions {
    RunOptions(dates: yaml.contains("period") ? Definition.day("2024-01-01") : .missing, dryRun: true)
  }

  private func shown(_ outcome: ReportOutcome) -> String {
    RunSummary.text(outcome).replacing(/[ ]{2}as of [0-9: -]+ [A-Z]+/, with: "")
  }

  @Test("rows that would be added, changed or removed are shown, and kept nowhere")
  func shows() async throws {
    var text = ""
    for given in Self.cases {
      try await withProject { project in
        try await project.execute(Self.sales)
        try await project.define("sale", given.yaml, sql: Self.sql(given.yaml))
        let options = Self.dryRun(given.yaml)
        text += "-- \(given.name), no table yet\n" + shown(try await project.outcome("sale", options))
        try await project.publish("sale", options.dates)
        try await project.execute(Self.change)
        let outcome = try await project.outcome("sale", options)
        text += "-- \(given.name)\n" + shown(outcome)
        #expect(outcome.counts.inserted == outcome.samples.added.count)
        #expect(outcome.counts.deleted == outcome.samples.removed.count)
        #expect(outcome.counts.updated == outcome.samples.changed.count)
        let ledger = try await project.everythingOfOurs()
        for value in ["Чай", "two", "lines"] { #expect(!ledger.contains(value)) }
      }
    }
    try expectGolden(text, "engine/dry-run.txt")
  }

  @Test("at most five rows of each kind are shown, the first by their key; append shows what it adds")
  func limit() async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, day) select i, date '2024-01-01' + (i + 1) % 2 from generate_series(20, 1, -1) i"
      )
      try await project.define("sale", Definition.daily("unique_key: [id]", kind: "append"))
      let dry = RunOptions(dates: Definition.range("2024-01-01", "2024-01-03"), dryRun: true)
      #expect(try await project.outcome("sale", dry).samples.added.map(\.text) == (1...5).map { "id \($0)" })
      try await project.publish("sale", Definition.day("2024-01-01"))
      let next = try await project.outcome(
        "sale", RunOptions(dates: Definition.day("2024-01-02"), dryRun: true))
      #expect(next.counted == "10 +10 ~0 -0 =0")
      #expect(next.samples.added.map(\.text) == ["id 2", "id 4", "id 6", "id 8", "id 10"])
    }
  }

  @Test(
    "names that the statements use themselves are columns like others", arguments: ["unique_key: [t, s]", ""])
  func names(_ key: String) async throws {
    try await withProject { project in
      try await project.execute(
        """
        create table src.v (t int, s int, key text, n text, d text);
        insert into src.v values (1, 1, 'a', 'b', 'c'), (2, 2, 'a', 'b', 'c')
        """)
      try await project.define("sale", Definition.whole(key), sql: "select v.* from src.v as v")
      try await project.publish("sale")
      try await project.execute("update src.v set key = 'z' where t = 1; insert into src.v values (3, 3); ")
      let outcome = try await project.outcome("sale", RunOptions(dryRun: true))
      let samples = outcome.samples
      if key.isEmpty {
        #expect(
          samples.added.map(\.text) == ["t 1, s 1, key z, n b, d c", "t 3, s 3, key null, n null, d null"])
        #expect(samples.removed.map(\.text) == ["t 1, s 1, key a, n b, d c"])
      } else {
        #expect(samples.changed.map(\.text) == ["t 1, s 1: key a -> z"])
        #expect(samples.added.map(\.text) == ["t 3, s 3"])
      }
    }
  }

  @Test("a long value is cut, whatever its length")
  func long() async throws {
    try await withProject { project in
      try await project.execute("insert into src.sale (id, note) values (1, repeat('ж', 100000))")
      try await project.define(
        "sale", Definition.whole("unique_key: [id]"), sql: "select sale.id, sale.note from src.sale as sale")
      try await project.publish("sale")
      try await project.execute("update src.sale set note = repeat('щ', 100000)")
      let outcome = try await project.outcome("sale", RunOptions(dryRun: true))
      let change = try #require(outcome.samples.changed.first?.changes.first)
      #expect(change.old == String(repeating: "ж", count: 200) + "…")
      #expect(change.new == String(repeating: "щ", count: 200) + "…")
    }
  }
}
