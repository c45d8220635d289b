import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportLedger

/// What a migration does to the rows that are there.
@Suite struct LedgerMigrationTests {
  @Test("errors that older versions stored lose the server's words, and keep report, server and SQLSTATE")
  func words() async throws {
    let errors = [
      (
        "could not publish \"sale\": primary: invalid input syntax for type integer: \"x12345-secret\"",
        "22P02",
        "could not publish \"sale\": primary: words removed (SQLSTATE 22P02)"
      ),
      (
        "replica: value \"primary: x12345\" is wrong", "P0001", "replica: words removed (SQLSTATE P0001)"
      ),
      ("x12345 does not exist", "42P01", "words removed (SQLSTATE 42P01)"),
      (
        "primary: canceling statement due to statement timeout", "57014",
        "primary: canceling statement due to statement timeout (SQLSTATE 57014)"
      ),
    ]
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      try await project.execute(
        """
        delete from reportgen.migration where version >= 8;
        insert into reportgen.run (run_id, host, process_id, version, arguments, finished_at, exit_status)
          values ('00000000-0000-0000-0000-000000000001', 'h', 1, '1', '{}', pg_catalog.now(), 1);
        insert into reportgen.outcome (run_id, report, state, exit_status, error)
          values ('00000000-0000-0000-0000-000000000001', 'ours', 'failed', 1, '5 rows are missing')
        """)
      for (number, (text, code, _)) in errors.enumerated() {
        try await project.execute(
          """
          insert into reportgen.report_run (attempt_id, run_id, report, attempt, state, interval_starts,
              interval_ends, fingerprint, lock_key, error, error_sqlstate)
            values (pg_catalog.gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'r\(number)', 1, 'failed',
              '{}', '{}', '', 0, '\(text) (SQLSTATE \(code))', '\(code)');
          insert into reportgen.outcome (run_id, report, state, exit_status, error)
            values ('00000000-0000-0000-0000-000000000001', 'r\(number)', 'failed', 1, '\(text) (SQLSTATE \(code))')
          """)
      }
      let done = try await LedgerSetup(servers: project.servers).run(reports: try project.reports())
      #expect(done.contains("applied ledger migration 0008_words"))
      let expected = errors.map(\.2).joined(separator: "\n")
      #expect(try await project.rows("select error from reportgen.report_run order by report") == expected)
      #expect(
        try await project.rows("select error from reportgen.outcome where report <> 'ours' order by report")
          == expected)
      #expect(
        try await project.rows("select error from reportgen.outcome where report = 'ours'")
          == "5 rows are missing")
    }
  }
}
