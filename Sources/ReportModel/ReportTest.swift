/// A definition test: the rows that a report reads, and the result that it has to give.
package struct ReportTest: Hashable, Sendable {
  /// One line, unique in its file.
  package var name: String
  /// Where it begins in its file.
  package var place: SourcePlace
  /// What is computed, in the order of time; empty for a report without a period.
  package var intervals: [Interval]
  /// Values that replace the defaults; each is accepted by its parameter's type.
  package var parameters: [String: Parameter.Value]
  /// The rows of tables and views; every other one is empty.
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
  /// The name of the report that is tested.
  package var report: String
  /// Relative to the project's folder.
  package var file: String
  /// In the order of the file; at least one.
  package var tests: [ReportTest]

  package init(report: String, file: String, tests: [ReportTest]) {
    self.report = report
    self.file = file
    self.tests = tests
  }
}

/// The rows that a test puts into one table or view.
package struct GivenRows: Hashable, Sendable {
  package var table: QualifiedName
  /// Where the table's name stands in the test file.
  package var place: SourcePlace
  /// In the order of the file.
  package var rows: [TestRow]

  package init(table: QualifiedName, place: SourcePlace, rows: [TestRow]) {
    self.table = table
    self.place = place
    self.rows = rows
  }
}

/// What a test expects of a report's result; `isOrdered` apart, at least one property is set.
package struct ExpectedResult: Hashable, Sendable {
  /// Every row that has to come out, and no other; nil when the test does not say.
  package var rows: [TestRow]?
  /// The rows have to come in this order, which is that of the report's CSV file.
  package var isOrdered: Bool
  /// How many rows have to come out; nil when the test does not say.
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

/// Which of the report's checks have to fail on the result.
package struct ExpectedChecks: Hashable, Sendable {
  /// Names a check: by its rule, and by a column of it where one rule has several checks.
  package struct Failure: Hashable, Sendable {
    /// A rule of `checks`, or `unique_key` or `time_column`, which every report with that key is checked for.
    package var rule: String
    /// nil: any check of the rule.
    package var column: String?
    /// Where the item stands in the test file.
    package var place: SourcePlace

    package init(rule: String, column: String? = nil, place: SourcePlace) {
      self.rule = rule
      self.column = column
      self.place = place
    }
  }

  /// The checks that have to fail; empty when all have to pass.
  package var failures: [Failure]
  /// Where the key `checks` or `fails` stands in the test file.
  package var place: SourcePlace

  package init(failures: [Failure], place: SourcePlace) {
    self.failures = failures
    self.place = place
  }
}

/// A row as a test writes it; columns that it does not name are not in it.
package struct TestRow: Hashable, Sendable {
  /// One column's value in a row.
  package struct Cell: Hashable, Sendable {
    package var column: String
    /// Where the column's name stands: in a mapping, or in the first line of CSV.
    package var columnPlace: SourcePlace
    package var value: TestValue
    /// Where the value stands.
    package var place: SourcePlace

    package init(column: String, columnPlace: SourcePlace, value: TestValue, place: SourcePlace) {
      self.column = column
      self.columnPlace = columnPlace
      self.value = value
      self.place = place
    }
  }

  /// In the order in which the test writes them; each column once.
  package var cells: [Cell]
  /// Where the row begins in the test file.
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
