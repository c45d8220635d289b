import ContentDigest
import Foundation
import ReportModel

/// Keys of locks, equal on every host: the first 64 bits of a SHA-256.
package enum LockKey {
  /// One run at a time for each summary table; a report of files alone locks its name.
  package static func of(_ report: Report) -> Int64 {
    report.materialization.table.map(of(table:)) ?? of(filesOf: report.name)
  }

  /// One run at a time writes the files of a workbook.
  package static func of(workbook: String) -> Int64 { key("reportgen workbook \(workbook)") }

  static func of(table: QualifiedName) -> Int64 { key("reportgen table \(table)") }
  static func of(filesOf report: String) -> Int64 { key("reportgen report \(report)") }

  /// The one order in which any run takes the locks of several reports: two runs that each hold what the other waits
  /// for would wait until `--lock-wait` is over. Names differ from project to project, the tables' keys do not.
  package static func inOrder(_ reports: [Report]) -> [Report] {
    reports.map { (key: of($0), report: $0) }.sorted { $0.key < $1.key }.map(\.report)
  }

  /// The advisory lock that the run's sessions share as long as the run lives.
  package static func of(run id: UUID) -> Int64 { key("reportgen run \(id.uuidString.lowercased())") }

  /// Eight hexadecimal digits that tell two texts apart in a name.
  package static func short(_ text: String) -> Substring { SHA256Digest.hex(of: text).prefix(8) }

  private static func key(_ text: String) -> Int64 {
    Int64(bitPattern: UInt64(SHA256Digest.hex(of: text).prefix(16), radix: 16) ?? 0)
  }
}
