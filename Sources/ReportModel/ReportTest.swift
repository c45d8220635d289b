/// A definition test: rows that a report reads, and what has to come out.
package struct ReportTest: Hashable, Sendable {
  /// One line, unique in its file.
  package var name: String
  /// Where it begins in its file.
  package var place: SourcePlace
  /// What is computed, in the order of time; empty for a report without a period.
  package var intervals: [Interval]
  /// Those that are not the defaults; each is accepted by its parameter.
  package var parameters: [String: Parameter.Value]
  /// Tables that are not among them are empty.
  package var given: [GivenRows]
  package var expected: ExpectedResult

  package init(
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
package struct ReportTests: Hashable, Sendable {
  package var report: String
  /// Relative to the project's folder.
  package var file: String
  package var tests: [ReportTest]

  package init(report: String, file: String, tests: [ReportTest]) {
    self.report = report
    self.file = file
    self.tests = tests
  }
}

/// The rows of one table or view, as far as a test knows.
package struct GivenRows: Hashable, Sendable {
  package var table: QualifiedName
  package var place: SourcePlace
  package var rows: [TestRow]

  package init(table: QualifiedName, place: SourcePlace, rows: [TestRow]) {
    self.table = table
    self.place = place
    self.rows = rows
  }
}

/// What a test wants of a report's result; at least one of its parts is there.
package struct ExpectedResult: Hashable, Sendable {
  /// Every row that has to come out, and no other; nil when the test does not say.
  package var rows: [TestRow]?
  /// The rows have to come in this order, which is that of the report's CSV file.
  package var isOrdered: Bool
  package var count: Int?
  /// Nil when the report's checks are not run.
  package var checks: ExpectedChecks?

  package init(
    rows: [TestRow]? = nil, isOrdered: Bool = false, count: Int? = nil, checks: ExpectedChecks? = nil
  ) {
    self.rows = rows
    self.isOrdered = isOrdered
    self.count = count
    self.checks = checks
  }
}

/// What the report's checks have to say of the result.
package struct ExpectedChecks: Hashable, Sendable {
  /// Names a check: by its rule, and by a column of it where one rule has several checks.
  package struct Failure: Hashable, Sendable {
    /// A rule of `checks`, or `unique_key` or `time_column`, which every report with that key is checked for.
    package var rule: String
    package var column: String?
    package var place: SourcePlace

    package init(rule: String, column: String? = nil, place: SourcePlace) {
      self.rule = rule
      self.column = column
      self.place = place
    }
  }

  /// Those that have to fail; empty when all have to pass.
  package var failures: [Failure]
  package var place: SourcePlace

  package init(failures: [Failure], place: SourcePlace) {
    self.failures = failures
    self.place = place
  }
}

/// A row as a test writes it; columns that it does not name are not in it.
package struct TestRow: Hashable, Sendable {
  package struct Cell: Hashable, Sendable {
    package var column: String
    package var columnPlace: SourcePlace
    package var value: TestValue
    package var place: SourcePlace

    package init(column: String, columnPlace: SourcePlace, value: TestValue, place: SourcePlace) {
      self.column = column
      self.columnPlace = columnPlace
      self.value = value
      self.place = place
    }
  }

  package var cells: [Cell]
  package var place: SourcePlace

  package init(cells: [Cell], place: SourcePlace) {
    self.cells = cells
    self.place = place
  }
}

/// A value as its author wrote it; PostgreSQL reads it as the column's type.
package enum TestValue: Hashable, Sendable {
  case null
  case text(String)
  /// For a column that is an array.
  case list([TestValue])

  /// The text that PostgreSQL reads, nil for NULL; a list as an array's, with every element in quotes.
  package var sqlText: String? {
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
