import ReportModel
import Testing

@testable import Sandbox

@Suite struct SetupErrorTests {
  static let kept = "The sandbox was removed again; nothing is left of it."

  @Test("the first error counts, not the warnings before it, and the server's hint becomes ours")
  func firstError() {
    let text = """
      psql:sql/shop.sql:2: WARNING:  there is no transaction in progress
      psql:sql/shop.sql:7: ERROR:  column "amout" does not exist
      LINE 1: select amout from orders
                     ^
      HINT:  Perhaps you meant to reference the column "orders.amount".
      psql:sql/shop.sql:9: ERROR:  another
      """
    let error = SetupError.explain(file: "sql/shop.sql", psql: text)
    #expect(
      error.description == """
        sql/shop.sql:7: error: column "amout" does not exist
          detail: LINE 1: select amout from orders
                         ^
          \(Self.kept)
          hint: Perhaps you meant to reference the column "orders.amount".
        """)
  }

  @Test("an error in a file that another one includes is reported in the included file")
  func included() {
    let error = SetupError.explain(file: "all.sql", psql: "psql:sql/part.sql:3: error: no such file\n")
    #expect(error.description == "sql/part.sql:3: error: no such file\n  detail: \(Self.kept)")
  }

  @Test("an error without a line keeps psql's own words")
  func withoutLine() {
    let error = SetupError.explain(file: "all.sql", psql: "psql: error: connection refused\n")
    #expect(error.message == "could not load setup file \"all.sql\"")
    #expect(error.detail == "psql: error: connection refused\n\(Self.kept)")
  }

  @Test(
    "a server's known complaints get a hint",
    arguments: [
      ("initdb: error: could not write: No space left on device", "Free some space on the disk"),
      (
        "FATAL:  lock file exists\nHINT:  Is another postmaster (PID 7) running",
        "Another server uses these sockets"
      ),
      ("initdb: error: invalid locale name \"C.UTF-8\"", "The locale C.UTF-8 is missing"),
      (
        "FATAL:  database files are incompatible with server\nDETAIL:  is not compatible with this",
        "Another major version"
      ),
      ("FATAL:  Unix-domain socket path \"/x\" is too long (maximum 107 bytes)", "The path of the socket"),
    ])
  func hints(_ log: String, _ start: String) {
    #expect(ServerLog.explain("could not start", log: log).hint?.hasPrefix(start) == true)
  }

  @Test("an error without a known hint names the log")
  func unfamiliar() {
    let error = ServerLog.explain("could not start", log: "LOG: a\nFATAL:  b\nLOG: c\n", logFile: "/x.log")
    #expect(error.detail == "FATAL:  b")
    #expect(error.hint?.hasPrefix("Look into /x.log.") == true)
  }
}
