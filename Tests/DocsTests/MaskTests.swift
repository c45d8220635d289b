import Testing

@Suite struct MaskTests {
  @Test(
    "a comparison ignores what differs from run to run and from machine to machine",
    arguments: [
      ("as of 2026-11-23 04:30:12 MSK", "as of 2027-01-05 23:59:59 MSK"),
      ("not replayed 0/5C0000A8", "not replayed 12/A8000"),
      (
        "\"run\" : \"445aff3b-9a9f-44a7-b8bf-d8425066198f\"",
        "\"run\" : \"00000000-9a9f-44a7-b8bf-d8425066198f\""
      ),
      ("\"snapshot\": \"00000002-00000021-1\"", "\"snapshot\": \"00000003-0000ABCD-12\""),
      ("primary, PostgreSQL 15.18, timeline 1", "primary, PostgreSQL 15.20, timeline 1"),
      ("up  port 5432  15.18 (Debian 15.18-0+deb12u1)", "up  port 5432  17.1 (Debian 17.1-1.pgdg12+1)"),
      (
        "reportgen 0.2.0 (commit 46259eb1a2b3, libpq 15.18, parser of PostgreSQL 15.1)",
        "reportgen 0.2.0 (libpq 17.2, parser of PostgreSQL 15.1)"
      ),
      ("  \"libpq\" : \"15.18\",", "  \"libpq\" : \"17.2\","),
      ("\"version\" : \"15.18 (Debian 15.18-0+deb12u1)\"", "\"version\" : \"18beta2\""),
      (
        "locked by another session (backend pid 41210 on the primary)",
        "locked by another session (backend pid 7 on the primary)"
      ),
      ("sockets in /tmp/reportgen-0-58c4342e4d5e67ab", "sockets in /tmp/reportgen-1000-08c4342e4d5e67ab"),
    ])
  func overlooked(_ shown: String, _ actual: String) {
    #expect(Mask.difference(expected: [shown], actual: [actual], durations: false) == nil)
  }

  @Test(
    "a comparison finds every other difference",
    arguments: [
      ("9 rows: 9 added", "10 rows: 9 added"), ("interval 2026-11-22", "interval 2026-11-23"),
      ("  266.89 |", "  266.98 |"), ("exit 1", "exit 75"),
      ("reports/a.sql:14:7: error", "reports/a.sql:14:8: error"),
      ("as of 2026-11-23 04:30:12 MSK", "as of"), ("Waited 6 s", "Waited 60 s"),
      ("reportgen 0.2.0 (libpq 15.18)", "reportgen 0.2.1 (libpq 15.18)"),
      ("PostgreSQL 15.18, timeline 1", "PostgreSQL 15.18, timeline 2"), ("15.18 rows", "15.20 rows"),
    ])
  func seen(_ shown: String, _ actual: String) {
    #expect(Mask.difference(expected: [shown], actual: [actual], durations: false) != nil)
  }

  @Test("durations and the width of their column are ignored where a block asks for it, and nowhere else")
  func durations() {
    let (shown, actual) = ("confirmed  2641  0.113", "confirmed    2641    11.5")
    #expect(Mask.difference(expected: [shown], actual: [actual], durations: true) == nil)
    #expect(Mask.difference(expected: [shown], actual: [actual], durations: false) != nil)
    #expect(Mask.difference(expected: ["1  ~42   ~165.8"], actual: ["1  ~7  ~18.0"], durations: true) == nil)
    #expect(Mask.difference(expected: ["1  ~42"], actual: ["2  ~42"], durations: true) != nil)
    let wrong = actual.replacing("2641", with: "2642")
    #expect(Mask.difference(expected: [shown], actual: [wrong], durations: true) != nil)
  }

  @Test(
    "a line of three dots stands for any lines, in its place",
    arguments: [
      (["a", "…"], ["a", "b"], true), (["…", "b"], ["a", "b"], true),
      (["a", "…", "c"], ["a", "b", "b", "c"], true),
      (["a", "…", "c"], ["a", "c"], true), (["a", "…"], ["b", "a"], false), (["…", "a"], ["a", "b"], false),
      (["a", "…", "b", "…", "c"], ["a", "c", "b"], false), (["a"], ["a", "b"], false),
      (["a", "…", "a"], ["a"], false),
    ])
  func ellipsis(_ shown: [String], _ actual: [String], _ agrees: Bool) {
    #expect((Mask.difference(expected: shown, actual: actual, durations: false) == nil) == agrees)
  }
}
