import ReportModel
import Testing

@Suite struct LiteralTests {
  @Test(
    "a value becomes one typed literal, whatever quotes and backslashes it has",
    arguments: [
      (Parameter(name: "p", type: .text), Parameter.Value.scalar("it's"), "'it''s'::text"),
      (Parameter(name: "p", type: .text), .scalar(#"a\'b"#), #" E'a\\''b'::text"#),
      (Parameter(name: "p", type: .text), .scalar(""), "''::text"),
      (Parameter(name: "p", type: .integer), .scalar("-7"), "'-7'::bigint"),
      (Parameter(name: "p", type: .date), .null, "NULL::date"),
      (Parameter(name: "p", type: .timestamptz, isList: true), .null, "NULL::timestamptz[]"),
      (Parameter(name: "p", type: .text, isList: true), .list([]), "ARRAY[]::text[]"),
      (Parameter(name: "p", type: .text, isList: true), .list(["a", "b,'c"]), "ARRAY['a', 'b,''c']::text[]"),
    ])
  func literals(_ parameter: Parameter, _ value: Parameter.Value, _ text: String) {
    #expect(parameter.literal(value) == text)
  }

  @Test("a name is always quoted, its quotes doubled")
  func identifiers() {
    #expect(QualifiedName(schema: "Отчёты", name: "a\"b").quoted == "\"Отчёты\".\"a\"\"b\"")
    #expect(QualifiedName(schema: "reports", name: "sales_daily").description == "reports.sales_daily")
  }
}
