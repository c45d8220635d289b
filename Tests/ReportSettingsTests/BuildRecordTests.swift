import ReportSettings
import Testing

@Suite("What the version says")
struct BuildRecordTests {
  @Test(
    "the commit is shortened, its changes are not, and none is left out",
    arguments: [
      (nil, "reportgen 1.2.3 (libpq 15.4, parser of PostgreSQL 15.1)"),
      (
        "46259eb0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6",
        "reportgen 1.2.3 (commit 46259eb0c1d2, libpq 15.4, parser of PostgreSQL 15.1)"
      ),
      (
        "46259eb0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6-dirty",
        "reportgen 1.2.3 (commit 46259eb0c1d2-dirty, libpq 15.4, parser of PostgreSQL 15.1)"
      ),
    ])
  func text(commit: String?, expected: String) {
    var record = BuildRecord()
    (record.version, record.commit, record.libpq, record.parser) = ("1.2.3", commit, "15.4", "15.1")
    #expect(record.text == expected)
  }
}
