import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// One test; before and after it all tables of the transaction are empty.
struct TestRun: Sendable {
  let transaction: TestTransaction
  let report: Report
  let file: String
  let test: ReportTest

  /// Why a test ends before its result is compared.
  enum Stop: Error {
    case wrong(Diagnostic)
    case failed(Diagnostic)
  }

  /// Bounds the memory of a test.
  static let maxRows = 10_000

  var connection: Connection { transaction.connection }

  var spans: [Span] {
    test.intervals.isEmpty
      ? [.whole] : Span.spans(of: test.intervals, batch: report.materialization.batch)
  }

  /// - Throws: what ends all tests: a lost server, an interruption.
  func run() async throws -> TestOutcome {
    var outcome = TestOutcome(
      report: report.name, name: test.name, file: file, place: test.place, state: .passed, rows: nil,
      difference: nil, diagnostics: [])
    do {
      let prepared = try preparedReport()
      for given in test.given { try await give(given) }
      let wanted = try await wantedRows(prepared)
      let rows = try await transaction.reading { try await readResult(prepared) }
      outcome.rows = rows.count
      outcome.difference = try await difference(rows, wanted, prepared)
      if let count = test.expected.count, count != rows.count {
        outcome.diagnostics.append(
          Diagnostic("\(counted(count)) expected, but \(rows.count) came out", file: file, place: test.place))
      }
      if let expected = test.expected.checks {
        outcome.diagnostics += try await checks(prepared, rows, expected)
      }
      if outcome.difference != nil || !outcome.diagnostics.isEmpty { outcome.state = .failed }
    } catch Stop.wrong(let diagnostic) {
      (outcome.state, outcome.diagnostics) = (.wrong, [diagnostic])
    } catch Stop.failed(let diagnostic) {
      (outcome.state, outcome.diagnostics) = (.failed, [diagnostic])
    }
    return outcome
  }

  private func counted(_ count: Int) -> String { count == 1 ? "1 row was" : "\(count) rows were" }

  private func preparedReport() throws -> TestTransaction.Prepared {
    switch transaction.prepared[report.name] {
    case .success(let prepared): return prepared
    case .failure(let error):
      var diagnostic = error.diagnostic
      (diagnostic.detail, diagnostic.effect) = (nil, nil)
      if error.sqlState == SQLState.undefinedTable.rawValue { diagnostic.hint = Self.setupHint }
      throw Stop.failed(diagnostic)
    case nil: throw RunError(.bug, Diagnostic("report \"\(report.name)\" was not prepared"))
    }
  }

  // MARK: Rows in

  private func give(_ given: GivenRows) async throws {
    guard let columns = transaction.columns[given.table] else { throw Stop.wrong(missingTable(given)) }
    for row in given.rows {
      if let cell = row.cells.first(where: { !columns.contains($0.column) }) {
        throw Stop.wrong(
          Diagnostic(
            "table \"\(given.table)\" has no column \"\(cell.column)\"",
            hint: Suggestion.hint(for: cell.column, among: columns)
              ?? "Its columns are \(columns.joined(separator: ", ")).", file: file, place: cell.columnPlace))
      }
      try await insert(row, into: given.table)
    }
  }

  private func missingTable(_ given: GivenRows) -> Diagnostic {
    Diagnostic(
      "the sandbox has no table \"\(given.table)\"",
      hint: Suggestion.hint(for: given.table.description, among: transaction.known.map(\.description))
        ?? Self.setupHint, file: file, place: given.place)
  }

  private static let setupHint =
    "The sandbox has the tables that \"sandbox.setup\" in reportgen.yaml makes; \"reportgen sandbox reset\" makes "
    + "them anew."

  /// The column's type reads each value, as it does in any INSERT.
  private func insert(_ row: TestRow, into table: QualifiedName) async throws {
    let names = row.cells.map { SQLQuote.identifier($0.column) }.joined(separator: ", ")
    let marks = row.cells.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    let values = row.cells.isEmpty ? "DEFAULT VALUES" : "(\(names)) VALUES (\(marks))"
    do {
      _ = try await connection.query("INSERT INTO \(table.quoted) \(values)", row.cells.map(\.value.sqlText))
    } catch let error as PostgresError where !error.endsSession {
      throw Stop.wrong(refused(error, row))
    }
  }

  /// - Returns: the server's error at the value that it names, or at the row.
  func refused(_ error: PostgresError, _ row: TestRow) -> Diagnostic {
    let cell = error.parameterNumber.flatMap { row.cells.indices.contains($0 - 1) ? row.cells[$0 - 1] : nil }
    return Diagnostic(
      "\(error.message) (SQLSTATE \(error.sqlState))",
      detail: cell.map { "Column \($0.column)." }, hint: error.hint, file: file,
      place: cell?.place ?? row.place)
  }

  // MARK: Rows out

  private func readResult(_ prepared: TestTransaction.Prepared) async throws -> [[String?]] {
    var rows: [[String?]] = []
    for span in spans {
      rows += try await readRows(of: transaction.query(report, span, test.parameters, prepared.columns))
      guard rows.count <= Self.maxRows else {
        throw Stop.failed(
          Diagnostic("more than \(Self.maxRows) rows came out", file: file, place: test.place))
      }
    }
    return rows
  }

  private func readRows(of query: ReportQuery) async throws -> [[String?]] {
    let prefix = "SELECT * FROM (\n"
    do {
      return try await connection.query("\(prefix)\(query.sql)) q LIMIT \(Self.maxRows + 1)").values
    } catch let error as PostgresError where !error.endsSession {
      let place = error.position.flatMap {
        query.describedPlace(serverPosition: $0 - prefix.unicodeScalars.count)
      }
      throw Stop.failed(failure(error, place))
    }
  }

  private func failure(_ error: PostgresError, _ place: SourcePlace?) -> Diagnostic {
    var error = error
    error.isOfTestRows = true
    var diagnostic = RunError.inReport(
      error, report: report, place: place, detail: "Test \"\(test.name)\", \(file):\(test.place.line).",
      effect: nil
    ).diagnostic
    if error.sqlState.matches(.undefinedTable) {
      // The tables that the SQL itself names exist.
      diagnostic.hint = "A function reads it: give the test its rows, or [] for none."
    } else if error.sqlState.matches(.queryCanceled) {
      diagnostic.hint = "A test's statement gets \(transaction.patienceSeconds) s."
    }
    return diagnostic
  }
}

extension PostgresError {
  /// Any other error belongs to the one statement, and would occur again: no other session can change a test's rows.
  var endsSession: Bool { isConnectionLost || isConnectFailure }

  /// The parameter whose value the server could not read; nil for any other error.
  ///
  /// The outermost line of the context names it, `unnamed portal parameter $2` in English; the number alone is read,
  /// because the words are in the server's language.
  var parameterNumber: Int? {
    // A value can follow, after an equals sign.
    guard let words = context?.split(separator: "\n").last?.prefix(while: { $0 != "=" }),
      !words.contains("\"")
    else { return nil }
    return words.firstMatch(of: /\$(\d+)/).flatMap { Int($0.1) }
  }
}
