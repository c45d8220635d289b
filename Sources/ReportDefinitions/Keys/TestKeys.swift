import ReportModel

/// Every key of a test file: what the reader takes, and what `docs/test.schema.json` says.
enum TestKeys {
  typealias Key = KeyTable.Key

  static let root = KeyTable(
    common + [
      Key("tests", .list(.map(test)), required: true, "The tests, each beginning with a dash and a name.")
    ])

  static let test = KeyTable(
    [Key("name", .format(.testName), required: true, "What the test shows, in one line.")] + common + [
      Key(
        "expect", .either([.list(row, minimum: 0, unique: false), .text, .map(expect)]), required: true,
        "The rows that have to come out, and no others; or a mapping that says more.")
    ])

  /// Beside `tests` they hold for every test that does not say otherwise.
  private static let common = [
    Key("date", .format(.date), "Compute the interval that contains this day; needed with a period."),
    Key("from", .format(.date), "Compute the intervals from this day on, the first of an interval."),
    Key("to", .format(.date), "With from: end before this day, the first of another interval."),
    Key("parameters", .named(.parameterName, parameter), "Values of parameters, such as {region: KZ}."),
    Key(
      "given", .named(.table, rows), "The rows of each table that the report reads; the others are empty."),
  ]

  private static let parameter = Shape.either([.scalar, .null, .list(.scalar, minimum: 0, unique: false)])

  static let expect = KeyTable(
    [
      Key("rows", rows, "The rows that have to come out, and no others."),
      Key("ordered", .boolean, "Whether they have to come in this order (default false)."),
      Key("count", .integer(0...Int.max), "How many rows have to come out."),
      Key("checks", .word(["pass"]), "Run the report's checks too: none may fail."),
      Key(
        "fails", .list(.either([.word(failures), .map(failure)])),
        "Run the report's checks too: these have to fail, such as [unique_key, range: amount], and no others."
      ),
    ], rule: .needsOne(["rows", "count", "checks", "fails"]))

  /// The rules of a report's checks, and what every report with these keys is checked for.
  static let failures = ReportKeys.check.keys.map(\.name) + ["unique_key", "time_column"]

  static let failure = KeyTable(
    ["not_null", "unique", "range", "accepted_values", "relationships"].map {
      Key($0, .format(.name), "A column of the check that has to fail.")
    }, rule: .exactlyOne)

  private static let rows = Shape.either([.list(row, minimum: 0, unique: false), .text])

  /// Values by column.
  private static let row = Shape.named(.name, value)

  /// A list is an array; in it, lists are the rows of an array of two dimensions.
  private static let value = Shape.either([.scalar, .null, .list(element, minimum: 0, unique: false)])
  private static let element = Shape.either([
    .scalar, .null, .list(.either([.scalar, .null]), minimum: 0, unique: false),
  ])
}

extension Shape.Format {
  static let testName = Self(
    expected: "one line of text", pattern: "^[^\\r\\n]+$",
    isValid: { !$0.isEmpty && $0.visible() == $0 })
}
