import Foundation
import PostgresClient
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct LedgerTextTests {
    @Test(
      "an array's text keeps every element as it is",
      arguments: [
        ([], "{}"), (["a", "b"], #"{"a","b"}"#), (["", "NULL"], #"{"","NULL"}"#),
        ([#"quote " and \ back"#], #"{"quote \" and \\ back"}"#),
        (["{1,2}", "ж🛒", "a\nb"], "{\"{1,2}\",\"ж🛒\",\"a\nb\"}"),
      ])
    func arrays(_ elements: [String], _ text: String) { #expect(postgresArray(elements) == text) }

    @Test("every file of sql/ledger is a migration, numbered without a gap, its text as in the file")
    func migrations() throws {
      let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
        path: "../../../sql/ledger")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
        $0.hasSuffix(".sql")
      }.sorted()
      #expect(LedgerMigration.all.map { $0.name + ".sql" } == files)
      #expect(LedgerMigration.all.map(\.version) == Array(1...files.count))
      for migration in LedgerMigration.all {
        #expect(migration.name.hasPrefix(String(format: "%04d_", migration.version)))
        #expect(
          migration.sql
            == (try String(contentsOf: folder.appending(path: migration.name + ".sql"), encoding: .utf8)))
      }
    }

    @Test("two reports of one table share a lock; tables of one name in two schemas do not")
    func lockKeys() {
      let one = Sample.report("one", table: "t")
      let other = Sample.report("other", table: "t")
      #expect(LockKey.of(one) == LockKey.of(other))
      let elsewhere = Sample.report("one") { $0.table = QualifiedName(schema: "elsewhere", name: "t") }
      #expect(LockKey.of(one) != LockKey.of(elsewhere))
      #expect(LockKey.of(Sample.report("a", .none)) != LockKey.of(Sample.report("b", .none)))
      // Equal on every host and in every version, so that two of them exclude each other.
      #expect(LockKey.of(one) == -3_699_950_897_041_094_274)
    }

    @Test("bounds of the whole are infinite, in the ledger as in the arrays")
    func bounds() {
      #expect(ReportLedger.bounds(of: []) == (["-infinity"], ["infinity"]))
      #expect(
        ReportLedger.bounds(of: Sample.days("2026-01-01", "2026-01-05")) == (
          ["2026-01-01", "2026-01-05"], ["2026-01-02", "2026-01-06"]
        ))
    }

    @Test("seconds of a step add up and keep the order of the steps")
    func seconds() {
      var seconds = StepSeconds()
      seconds.add("read", .milliseconds(1500))
      seconds.add("publish", .microseconds(2600))
      seconds.add("read", .milliseconds(500))
      #expect(seconds.json == #"{"read": 2.0, "publish": 0.003}"#)
      #expect(StepSeconds().json == "{}")
    }
  }
}
