import ReportModel
import Testing

@testable import ReportDefinitions

@Suite struct ReportDraftTests {
  @Test(
    "a written text is read back as it was",
    arguments: [
      "plain", "two words", "Дата", "yes", "null", "n", "~", "", " x", "x ", "a: b", "a #b", "q\"q",
      "back\\slash", "1",
      "1.5", "2024-01-01", "- x", "[a]", "{a}", "line\nbreak", "tab\t", "\u{1B}[31m", "\u{202E}x", "\u{2028}",
      "@x", "a,b",
      "Ünïcode-x", "x²", "*a", "&a", "!a", "%a", "'a'", "a'b", "0x1F", "1_000", ".inf", "<<", "=",
    ])
  func scalar(_ text: String) throws {
    var reader = YAMLReader("a: \(WrittenYAML.scalar(text))\nb: [\(WrittenYAML.scalar(text))]\n", file: "x")
    let read = reader.read()
    let root = try #require(read, "\(reader.findings.all)")
    #expect(root["b"]?.items?.first?.text == text)
    #expect(root["a"]?.text == text)
  }

  private static func relation(_ columns: [(String, String, Bool, Bool)], partition: String? = nil)
    -> SourceRelation
  {
    SourceRelation(
      name: QualifiedName(schema: "s", name: "t"), kind: .table,
      columns: columns.map { name, type, isRequired, leadsIndex in
        var column = SourceRelation.Column(name: name, type: type)
        column.isRequired = isRequired
        column.leadsIndex = leadsIndex
        column.isPartitionKey = name == partition
        return column
      })
  }

  @Test("the time column is the one by which a row came to be")
  func timeColumn() {
    func chosen(_ columns: [(String, String, Bool, Bool)], partition: String? = nil) -> String? {
      ReportDraft.timeColumn(of: Self.relation(columns, partition: partition))
    }
    #expect(chosen([("id", "integer", true, true)]) == nil)
    #expect(
      chosen([("updated_at", "timestamp with time zone", true, true), ("birthday", "date", true, false)])
        == nil)
    #expect(chosen([("a", "date", false, false), ("b", "date", true, false)]) == "b")
    #expect(chosen([("a", "date", true, false), ("b", "timestamp(3) without time zone", true, true)]) == "b")
    #expect(chosen([("a", "date", false, false), ("b", "date", false, true)]) == "b")
    #expect(chosen([("a", "date", true, true), ("b", "date", false, false)], partition: "b") == "b")
    #expect(chosen([("t", "time without time zone", true, true)]) == nil)
  }

  private static func draft(_ relation: SourceRelation, _ extent: SourceExtent) throws -> ReportDraft {
    ReportDraft(name: "t", from: relation, extent: extent, today: try #require(CalendarDate("2026-11-23")))
  }

  @Test("days where there is a row a day, months where there is not, or over more than ten years")
  func period() throws {
    let relation = Self.relation([("d", "date", true, true)])
    func extent(_ rows: Int?, _ first: String?, _ last: String?) -> SourceExtent {
      SourceExtent(
        rows: rows, first: first.flatMap { CalendarDate($0) }, last: last.flatMap { CalendarDate($0) })
    }
    for (extent, period, start, lookback) in [
      (extent(100, "2026-11-01", "2026-11-22"), Period.day, "2026-11-01", 3),
      (extent(10, "2026-01-15", "2026-11-22"), .month, "2026-01-01", 1),
      (extent(10_000_000, "2010-05-05", "2026-11-22"), .month, "2010-05-01", 1),
      (extent(40, "2021-01-01", "2021-02-01"), .day, "2021-01-01", 3),
      (extent(0, nil, nil), .day, "2026-11-23", 3), (extent(nil, nil, nil), .day, "2026-11-23", 3),
      (extent(5, "2030-01-01", "2030-01-01"), .day, "2026-11-23", 3),
    ] {
      let draft = try Self.draft(relation, extent)
      #expect(
        draft.period == period && draft.start?.description == start && draft.lookback == lookback, "\(extent)"
      )
    }
  }

  @Test(
    "a constraint that bounds one number becomes a range, any other one a SELECT",
    arguments: [
      ("(n > 0)", "integer", "1", nil), ("(n >= 0)", "integer", "0", nil), ("(n < 10)", "integer", nil, "9"),
      ("(n <= '-1'::integer)", "integer", nil, "-1"), ("(n >= (0)::numeric)", "numeric(10,2)", "0", nil),
      ("(n >= 0.5)", "numeric", "0.5", nil), ("(n > (0)::numeric)", "numeric", nil, nil),
      ("(n > m)", "integer", nil, nil), ("(n <> 0)", "integer", nil, nil),
      ("((n % 2) = 0)", "integer", nil, nil),
      ("((n >= 0) AND (n <= 5))", "integer", nil, nil), ("(n >= '0x'::text)", "text", nil, nil),
    ] as [(String, String, String?, String?)])
  func condition(_ expression: String, _ type: String, _ min: String?, _ max: String?) throws {
    var relation = Self.relation([("n", type, false, false)])
    relation.conditions = [.init(name: "c", expression: expression, columns: ["n"])]
    let expected: ReportDraft.Check =
      min == nil && max == nil
      ? .condition(name: "c", sql: "select n from :staging where not (\(expression))")
      : .range(column: "n", min: min, max: max)
    #expect(try Self.draft(relation, SourceExtent(rows: 0)).checks == [expected])
  }

  @Test("words of names")
  func words() {
    for (name, words) in [
      ("purchase_date", "Purchase date"), ("PurchaseDate", "Purchase date"), ("Дата", "Дата"), ("_", "_"),
      ("a", "A"),
      ("InvoiceID", "Invoice ID"), ("x__y", "X y"),
    ] { #expect(ReportDraft.words(name) == words) }
  }
}
