/// One numbered file of `sql/ledger`, embedded in the command, so that `reportgen init` reads no file.
package struct LedgerMigration: Sendable {
  /// From 1, without gaps.
  package let version: Int
  let name: String
  let sql: String

  /// Every migration, oldest first; a test compares the list with the folder.
  package static let all: [LedgerMigration] = [
    LedgerMigration(version: 1, name: "0001_run", bytes: PackageResources._001_run_sql),
    LedgerMigration(version: 2, name: "0002_intervals", bytes: PackageResources._002_intervals_sql),
    LedgerMigration(version: 3, name: "0003_health", bytes: PackageResources._003_health_sql),
    LedgerMigration(version: 4, name: "0004_continued", bytes: PackageResources._004_continued_sql),
    LedgerMigration(version: 5, name: "0005_relations", bytes: PackageResources._005_relations_sql),
    LedgerMigration(version: 6, name: "0006_elsewhere", bytes: PackageResources._006_elsewhere_sql),
    LedgerMigration(version: 7, name: "0007_checks", bytes: PackageResources._007_checks_sql),
    LedgerMigration(version: 8, name: "0008_words", bytes: PackageResources._008_words_sql),
    LedgerMigration(version: 9, name: "0009_lives", bytes: PackageResources._009_lives_sql),
  ]

  static var currentVersion: Int { all.last?.version ?? 0 }

  private init(version: Int, name: String, bytes: [UInt8]) {
    self.version = version
    self.name = name
    self.sql = String(decoding: bytes, as: UTF8.self)
  }
}
