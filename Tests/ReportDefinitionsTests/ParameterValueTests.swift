import ReportDefinitions
import ReportModel
import Testing

@Suite struct ParameterValueTests {
  @Test(
    "values of --param are read by the parameter's type",
    arguments: [
      ("a,b", Parameter(name: "p", type: .text), Parameter.Value.scalar("a,b")),
      ("", Parameter(name: "p", type: .text), .scalar("")),
      ("-12", Parameter(name: "p", type: .integer), .scalar("-12")),
      ("1.50e3", Parameter(name: "p", type: .numeric), .scalar("1.50e3")),
      ("true", Parameter(name: "p", type: .boolean), .scalar("true")),
      ("2026-11-22", Parameter(name: "p", type: .date), .scalar("2026-11-22")),
      (
        "2026-11-22 08:00:00.5+03", Parameter(name: "p", type: .timestamptz),
        .scalar("2026-11-22 08:00:00.5+03")
      ),
      ("2026-11-22T08:00Z", Parameter(name: "p", type: .timestamptz), .scalar("2026-11-22T08:00Z")),
      ("RU, KZ", Parameter(name: "p", type: .text, isList: true), .list(["RU", "KZ"])),
      ("[\"RU, KZ\", BY]", Parameter(name: "p", type: .text, isList: true), .list(["RU, KZ", "BY"])),
      ("", Parameter(name: "p", type: .integer, isList: true), .list([])),
      ("1,2", Parameter(name: "p", type: .integer, isList: true), .list(["1", "2"])),
    ])
  func accepted(_ text: String, _ parameter: Parameter, _ expected: Parameter.Value) throws {
    #expect(try parseParameter(text, for: parameter).get() == expected)
  }

  @Test(
    "a value that the type does not take is refused",
    arguments: [
      ("x", Parameter.ScalarType.integer, "a whole number"),
      ("9223372036854775808", .integer, "a whole number"),
      ("", .integer, "a whole number"), ("1.2.3", .numeric, "a number"), ("NaN", .numeric, "a number"),
      ("yes", .boolean, "true or false"), ("2026-02-30", .date, "a date such as 2026-11-22"),
      ("now", .date, "a date such as 2026-11-22"),
      ("2026-11-22 25:00", .timestamptz, "a time such as 2026-11-22T08:00:00+03"),
      ("infinity", .timestamptz, "a time such as 2026-11-22T08:00:00+03"),
    ])
  func refused(_ text: String, _ type: Parameter.ScalarType, _ says: String) {
    let result = parseParameter(text, for: Parameter(name: "p", type: type))
    #expect(throws: Diagnostic(.error, "parameter \"p\" must be \(says), but is \"\(text)\"")) {
      try result.get()
    }
  }

  @Test("a list with a broken bracket is refused with a hint how to write it")
  func brokenList() {
    let result = parseParameter("[a, b", for: Parameter(name: "p", type: .text, isList: true))
    let expected = Diagnostic(
      .error, "parameter \"p\" must be a list, each item a text, but is \"[a, b\"",
      hint: "Write the items with commas, a,b, or as [\"a, b\", c].")
    #expect(throws: expected) { try result.get() }
  }
}
