import Testing

@testable import PostgresClient

@Suite struct SQLStateTests {
  struct Case {
    var code: SQLState
    var pattern: SQLState
    var expected: Bool
  }

  @Test(
    "a code matches itself and its class",
    arguments: [
      Case(code: "40001", pattern: .serializationFailure, expected: true),
      Case(code: "40P01", pattern: .serializationFailure, expected: false),
      Case(code: "40P01", pattern: .transactionRollback, expected: true),
      Case(code: "08006", pattern: .connectionException, expected: true),
      Case(code: "08P01", pattern: .connectionException, expected: true),
      Case(code: "57P01", pattern: .connectionException, expected: false),
      Case(code: "08000", pattern: .connectionFailure, expected: false),
      Case(code: "3D000", pattern: .invalidSchemaName, expected: false),
    ])
  func matching(_ example: Case) {
    #expect(example.code.matches(example.pattern) == example.expected)
    let error: any Error = PostgresError(sqlState: example.code, message: "m", server: "primary")
    switch error {
    case example.pattern: #expect(example.expected)
    default: #expect(!example.expected)
    }
  }

  @Test("an error of another type matches no code")
  func foreignErrors() { #expect(!(SQLState.internalError ~= CancellationError())) }

  @Test("an error's description shows neither a row nor a value")
  func description() {
    let error = PostgresError(
      sqlState: .notNullViolation, message: "null value in column \"a\"", detail: "Failing row contains (7).",
      context: "COPY t, line 1: \"7\"", server: "primary", isFromServer: true)
    #expect("\(error)" == "primary: not_null_violation (SQLSTATE 23502)")
  }
}
