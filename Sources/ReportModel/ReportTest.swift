/// A definition test: rows that a report reads, and what has to come out.
public struct ReportTest: Hashable, Sendable {
  /// One line, unique in its file.
  public var name: String
  /// Where it begins in its file.
  public var place: SourcePlace
  /// What is computed, in the order of time; empty for a report without a period.
  public var intervals: [Interval]
  /// Those that are not the defaults; each is accepted by its parameter.
  public var parameters: [String: Parameter.Value]
  /// Tables that are not among them are empty.
  public var given: [GivenRows]
  public var expected: ExpectedResult

  public init(
    name: String, place: SourcePlace, intervals: [Interval] = [],
    parameters: [String: Parameter.Value] = [:], given: [GivenRows] = [], expected: ExpectedResult
  ) {
    self.name = name
    self.place = place
    self.intervals = intervals
    self.parameters = parameters
    self.given = given
    self.expected = expected
  }
}

/// A test file, `NAME.test.yaml` beside the report's own two.
public struct ReportTests: Hashable, Sendable {
  public var report: String
  /// Relative to the project's folder.
  public var file: String
  public var tests: [ReportTest]

  public init(report: String, file: String, tests: [ReportTest]) {
    self.report = report
    self.file = file
    self.tests = tests
  }
}

/// The rows of one table or view, as far as a test knows.
public struct GivenRows: Hashable, Sendable {
  public var table: QualifiedName
  public var place: SourcePlace
  public var rows: [TestRow]

  public init(table: QualifiedName, place: SourcePlace, rows: [TestRow]) {
    self.table = table
    self.place = place
    self.rows = rows
  }
}

/// What a test wants of a report's result; at least one of its parts is there.
public struct ExpectedResult: Hashable, Sendable {
  /// Every row that has to come out, and no other; nil when the test does not say.
  public var rows: [TestRow]?
  /// The rows have to come in this order, which is that of the report's CSV file.
  public var isOrdered: Bool
  public var count: Int?
  /// Nil when the report's checks are not run.
  public var checks: ExpectedChecks?

  public init(
    rows: [TestRow]? = nil, isOrdered: Bool = false, count: Int? = nil, checks: ExpectedChecks? = nil
  ) {
    self.rows = rows
    self.isOrdered = isOrdered
    self.count = count
    self.checks = checks
  }
}

/// What the report's checks have to say of the result.
public struct ExpectedChecks: Hashable, Sendable {
  /// Names a check: by its rule, and by a column of it where one rule has several checks.
  public struct Failure: Hashable, Sendable {
    /// A rule of `checks`, or `unique_key` or `time_column`, which every report with that key is checked for.
    public var rule: String
    public var column: String?
    public var place: SourcePlace

    public init(rule: String, column: String? = nil, place: SourcePlace) {
      self.rule = rule
      self.column = column
      self.place = place
    }
  }

  /// Those that have to fail; empty when all have to pass.
  public var failures: [Failure]
  public var place: SourcePlace

  public init(failures: [Failure], place: SourcePlace) {
    self.failures = failures
    self.place = place
  }
}

/// A row as a test writes it; columns that it does not name are not in it.
public struct TestRow: Hashable, Sendable {
  public struct Cell: Hashable, Sendable {
    public var column: String
    public var columnPlace: SourcePlace
    public var value: TestValue
    public var place: SourcePlace

    public init(column: String, columnPlace: SourcePlace, value: TestValue, place: SourcePlace) {
      self.column = column
      self.columnPlace = columnPlace
      self.value = value
      self.place = place
    }
  }

  public var cells: [Cell]
  public var place: SourcePlace

  public init(cells: [Cell], place: SourcePlace) {
    self.cells = cells
    self.place = place
  }
}

/// A value as its author wrote it; PostgreSQL reads it as the column's type.
public enum TestValue: Hashable, Sendable {
  case null
  case text(String)
  /// For a column that is an array.
  case list([TestValue])

  /// The text that PostgreSQL reads, nil for NULL; a list as an array's, with every element in quotes.
  public var sqlText: String? {
    switch self {
    case .null: nil
    case .text(let text): text
    case .list(let items): "{" + items.map(\.element).joined(separator: ",") + "}"
    }
  }

  private var element: String {
    switch self {
    case .null: "NULL"
    case .list: sqlText ?? ""
    case .text(let text): "\"" + escaped(text) + "\""
    }
  }

  private func escaped(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { escaped.append("\\") }
      escaped.append(scalar)
    }
    return String(escaped)
  }
}
