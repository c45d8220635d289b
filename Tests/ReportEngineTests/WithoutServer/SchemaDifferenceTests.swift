import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct SchemaDifferenceTests {
    static func columns(_ written: [String]) -> [ColumnShape] {
      written.map { text in
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        return ColumnShape(name: parts[0], type: parts[1], category: "", comment: nil)
      }
    }

    struct Case: Sendable {
      var table: [String]
      var query: [String]
      var removed: [String] = []
      var added: [String] = []
      var retyped: [String] = []
    }

    @Test(
      "columns are told apart by name and type; their order does not matter",
      arguments: [
        Case(table: ["a int", "b text"], query: ["b text", "a int"]),
        Case(table: ["a int", "b text"], query: ["a int"], removed: ["b"]),
        Case(table: ["a int"], query: ["b text", "a int"], added: ["b"]),
        Case(table: ["a numeric(10,2)"], query: ["a numeric(12,2)"], retyped: ["a"]),
        Case(table: ["A int"], query: ["a int"], removed: ["A"], added: ["a"]),
        Case(
          table: ["a int", "b int"], query: ["c int", "b text"], removed: ["a"], added: ["c"], retyped: ["b"]),
      ])
    func difference(_ given: Case) {
      let found = SchemaDifference(
        existing: Self.columns(given.table), columns: Self.columns(given.query))
      #expect(found.removed.map(\.name) == given.removed)
      #expect(found.added.map(\.name) == given.added)
      #expect(found.retyped.map(\.column.name) == given.retyped)
      #expect(found.isEmpty == (given.removed + given.added + given.retyped).isEmpty)
    }

    @Test("each on_schema_change allows what it says")
    func allowed() {
      let differences = [
        "lost": SchemaDifference(existing: Self.columns(["a int"]), columns: []),
        "added": SchemaDifference(existing: [], columns: Self.columns(["a int"])),
        "retyped": SchemaDifference(existing: Self.columns(["a int"]), columns: Self.columns(["a text"])),
      ]
      let expected: [Materialization.SchemaChange: Set<String>] = [
        .fail: [], .add: ["added"], .rebuild: ["lost", "added", "retyped"],
      ]
      for (change, names) in expected {
        let report = Sample.report { $0.onSchemaChange = change }
        for (name, difference) in differences {
          let isAllowed =
            (try? difference.requireAllowed(by: report, table: Sample.qualified("sale"))) != nil
          #expect(isAllowed == names.contains(name), "\(change), \(name)")
        }
      }
    }

    @Test("a rebuild changes columns in one statement; what depends on them comes after it")
    func rebuild() throws {
      let report = Sample.report(key: ["day", "shop"], columns: [Column(name: "shop", title: "It's a shop")])
      {
        $0.onSchemaChange = .rebuild
        $0.indexes = [["amount", "day"]]
      }
      let existing = TableShape(
        kind: "r", columns: Self.columns(["day date", "old int", "amount int", "note text"]),
        indexes: [
          .init(name: "sale_key", columns: ["day", "old"], isUnique: true, nullsNotDistinct: true),
          .init(name: "theirs", columns: ["amount", "old"], isUnique: false, nullsNotDistinct: false),
          .init(name: "kept", columns: ["amount", "day"], isUnique: false, nullsNotDistinct: false),
        ], grants: [], comment: "Sales", viewDefinition: nil)
      var columns = Self.columns(["day date", "amount numeric(14,2)", "shop text", "note text"])
      columns[2].collation = "pg_catalog.\"C\""
      let changes = try SummaryTableChanges(
        report: report, existing: existing, name: Sample.qualified("sale"),
        finalName: Sample.qualified("sale"),
        columns: columns)
      #expect(
        changes.alteration == #"""
          ALTER TABLE "reports"."sale" DROP COLUMN "old", ALTER COLUMN "amount" TYPE numeric(14,2) USING NULL, ADD COLUMN "shop" text COLLATE pg_catalog."C"
          """#)
      #expect(
        changes.statements == [
          #"CREATE UNIQUE INDEX "sale_key" ON "reports"."sale" ("day", "shop") NULLS NOT DISTINCT"#,
          #"COMMENT ON COLUMN "reports"."sale"."shop" IS 'It''s a shop'"#,
        ])
    }

    @Test("the key's own index follows unique_key; no other index is taken away")
    func changedKey() throws {
      let report = Sample.report(key: ["day", "shop"])
      let columns = Self.columns(["day date", "shop text"])
      let existing = TableShape(
        kind: "r", columns: columns,
        indexes: [
          .init(name: "sale_key", columns: ["day"], isUnique: true, nullsNotDistinct: true),
          .init(name: "theirs", columns: ["shop"], isUnique: true, nullsNotDistinct: true),
        ], grants: [], comment: "Sales", viewDefinition: nil)
      let changes = try SummaryTableChanges(
        report: report, existing: existing, name: Sample.qualified("sale"),
        finalName: Sample.qualified("sale"),
        columns: columns)
      #expect(
        changes.statements == [
          #"DROP INDEX "reports"."sale_key""#,
          #"CREATE UNIQUE INDEX "sale_key" ON "reports"."sale" ("day", "shop") NULLS NOT DISTINCT"#,
        ])
    }
  }

  @Suite struct IndexNameTests {
    private func name(_ columns: [String], _ others: [[String]] = [], table: String = "sale") -> String {
      IndexName.index(Sample.qualified(table), columns, among: others + [columns])
    }

    @Test("an index is named after its columns, and by a hash where another one's name would be the same")
    func names() {
      #expect(IndexName.key(Sample.qualified("sale")) == "sale_key")
      #expect(name(["day"]) == "sale_day_idx")
      #expect(name(["a_b", "c"], [["c"], ["a_b"]]) == "sale_a_b_c_idx")
      let same = [["a_b", "c"], ["a", "b_c"], ["a_b_c"], ["a", "b", "c"]]
      let names = same.map { name($0, same) }
      #expect(Set(names).count == 4)
      for name in names { #expect(name.wholeMatch(of: #/sale_a_b_c_[0-9a-f]{8}_idx/#) != nil, "\(name)") }
      #expect(name(["c", "a"], [["a", "c"]]) == "sale_c_a_idx")
    }

    @Test("a long name is cut between characters, and still one of its own")
    func long() {
      let long = String(repeating: "ж", count: 40)
      let names = [
        name([long]), name([long + "2"]), name(["a"], table: long), IndexName.key(Sample.qualified(long)),
      ]
      #expect(Set(names).count == 4)
      for name in names { #expect((60...63).contains(name.utf8.count), "\(name)") }
    }
  }

  @Suite struct TableDependentsTests {
    private static func dependent(
      _ kind: TableDependents.Dependent.Kind, _ column: String?, name: String? = nil
    )
      -> TableDependents.Dependent
    {
      .init(kind: kind, object: "\(kind)", column: column, name: name)
    }

    static let all = TableDependents(dependents: [
      dependent(.index, "a", name: "ours"), dependent(.index, "a", name: "theirs"),
      dependent(.constraint, "a"),
      dependent(.statistics, "a"), dependent(.other, "a"), dependent(.reference, nil),
    ])

    private func blocking(table: [String], query: [String]) -> [String] {
      let difference = SchemaDifference(
        existing: SchemaDifferenceTests.columns(table), columns: SchemaDifferenceTests.columns(query))
      return Self.all.blocking(difference, own: ["ours"]).map { $0.name ?? $0.object }
    }

    @Test(
      "a lost column needs to be free of all that is not reportgen's; a retyped one of what cannot be retyped"
    )
    func blockingKinds() {
      #expect(
        blocking(table: ["a int"], query: []) == ["theirs", "constraint", "statistics", "other", "reference"])
      #expect(blocking(table: ["a int"], query: ["a text"]) == ["other", "reference"])
      #expect(blocking(table: ["a int"], query: ["a int", "b int"]) == ["reference"])
    }
  }
}
