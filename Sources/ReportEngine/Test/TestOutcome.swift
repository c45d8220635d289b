import ReportModel

/// What became of one test.
public struct TestOutcome: Sendable, Hashable {
  public enum State: String, Sendable, Codable {
    case passed, failed
    /// The test itself cannot be run: a value or a name in it that the sandbox refuses.
    case wrong
  }

  public var report: String
  public var name: String
  public var file: String
  public var place: SourcePlace
  public var state: State
  /// How many rows came out; nil when none could be had.
  public var rows: Int?
  public var difference: ResultDifference?
  public var diagnostics: [Diagnostic]

  public var status: ExitStatus {
    switch state {
    case .passed: .done
    case .failed: .failed
    case .wrong: .definition
    }
  }
}

/// The tests of one command, as text for people.
public enum TestSummary {
  /// A line, and for a result that is not as expected the difference below it; diagnostics are not in it.
  public static func text(_ outcome: TestOutcome) -> String {
    let word = outcome.state == .passed ? "ok" : outcome.state.rawValue
    let head = "\(word.padding(to: 8))\(outcome.report): \(outcome.name)"
    guard let difference = outcome.difference else { return head }
    let line = difference.items.lazy.compactMap(\.line).first ?? outcome.place.line
    let place = "\(outcome.file):\(line): \(difference.headline)"
    let table = DifferenceTable.text(difference).split(separator: "\n").map { "    " + $0 }
    return ([head, "  " + place] + table).joined(separator: "\n")
  }

  /// `12 passed, 1 failed`.
  public static func total(_ outcomes: [TestOutcome]) -> String {
    func count(_ state: TestOutcome.State) -> Int { outcomes.count { $0.state == state } }
    let wrong = count(.wrong)
    return "\(count(.passed)) passed, \(count(.failed)) failed" + (wrong > 0 ? ", \(wrong) wrong" : "")
  }
}

/// The tests of one command as JSON; documented in docs/json.md, and stable.
public struct TestDocument: Encodable, Sendable {
  public struct Test: Encodable, Sendable {
    public var report: String
    public var name: String
    public var file: String
    public var line: Int
    public var state: String
    public var rows: Int?
    public var differences: [Difference]
    public var diagnostics: [DiagnosticDocument]
  }

  public struct Difference: Encodable, Sendable {
    public var kind: String
    public var line: Int?
    public var expected: [String: String?]?
    public var actual: [String: String?]?
    public var columns: [String]
  }

  public var exitCode: Int32
  public var passed: Int
  public var failed: Int
  public var wrong: Int
  public var tests: [Test]

  public init(_ outcomes: [TestOutcome]) {
    exitCode = ExitStatus.combined(outcomes.map(\.status)).rawValue
    passed = outcomes.count { $0.state == .passed }
    failed = outcomes.count { $0.state == .failed }
    wrong = outcomes.count { $0.state == .wrong }
    tests = outcomes.map { outcome in
      Test(
        report: outcome.report, name: outcome.name, file: outcome.file, line: outcome.place.line,
        state: outcome.state.rawValue, rows: outcome.rows,
        differences: (outcome.difference?.items ?? []).map {
          Difference(
            kind: $0.kind.rawValue, line: $0.line, expected: $0.expected, actual: $0.actual,
            columns: $0.columns)
        }, diagnostics: outcome.diagnostics.map(DiagnosticDocument.init))
    }
  }
}
