import ReportModel

/// What became of one test.
package struct TestOutcome: Sendable, Hashable {
  /// The raw value is that of the JSON.
  package enum State: String, Sendable, Codable {
    case passed, failed
    /// The test itself cannot be run: a value or a name in it that the sandbox refuses.
    case wrong
  }

  package var report: String
  var name: String
  var file: String
  var place: SourcePlace
  package var state: State
  /// How many rows came out; nil when none could be had.
  var rows: Int?
  var difference: ResultDifference?
  /// Why it failed, apart from `difference`.
  package var diagnostics: [Diagnostic]

  /// 65 for a test that cannot be run.
  package var status: ExitStatus {
    switch state {
    case .passed: .done
    case .failed: .failed
    case .wrong: .definition
    }
  }
}

/// The tests of one command, as text for people.
package enum TestSummary {
  /// A line, and for a result that is not as expected the difference below it; diagnostics are not in it.
  package static func text(_ outcome: TestOutcome) -> String {
    let word = outcome.state == .passed ? "ok" : outcome.state.rawValue
    let head = "\(word.padding(to: 8))\(outcome.report): \(outcome.name)"
    guard let difference = outcome.difference else { return head }
    let line = difference.items.lazy.compactMap(\.line).first ?? outcome.place.line
    let place = "\(outcome.file.visible()):\(line): \(difference.headline)"
    let table = DifferenceTable.text(difference).split(separator: "\n").map { "    " + $0 }
    return ([head, "  " + place] + table).joined(separator: "\n")
  }

  /// `12 passed, 1 failed`.
  package static func total(_ outcomes: [TestOutcome]) -> String {
    func count(_ state: TestOutcome.State) -> Int { outcomes.count { $0.state == state } }
    let wrong = count(.wrong)
    return "\(count(.passed)) passed, \(count(.failed)) failed" + (wrong > 0 ? ", \(wrong) wrong" : "")
  }
}

/// The tests of one command as JSON; documented in docs/json.md, and stable.
package struct TestDocument: Encodable, Sendable {
  struct Test: Encodable, Sendable {
    var report: String
    var name: String
    var file: String
    var line: Int
    var state: String
    var rows: Int?
    var differences: [Difference]
    var diagnostics: [DiagnosticDocument]
  }

  struct Difference: Encodable, Sendable {
    var kind: String
    var line: Int?
    var expected: [String: String?]?
    var actual: [String: String?]?
    var columns: [String]
  }

  var exitCode: Int32
  var passed: Int
  var failed: Int
  var wrong: Int
  var tests: [Test]

  package init(_ outcomes: [TestOutcome]) {
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
