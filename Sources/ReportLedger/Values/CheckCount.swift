import Foundation
import ReportModel

/// What one check of an attempt found; the ledger keeps a list of them in `report_run.checks`.
package struct CheckCount: Hashable, Sendable, Codable {
  /// `Check.Rule.text`, by which a definition that has changed since finds its own checks.
  package var check: String
  package var passed: Bool
  /// Rows, or keys, that break the check; for `rows` all that there are; nil for `reconcile`.
  package var rows: Int?
  /// There can be more of them.
  package var atLeast: Bool

  /// - Parameter limit: how many are counted at most; nil: all.
  package init(_ check: Check, passed: Bool, rows: Int?, limit: Int? = nil) {
    self.check = check.rule.text
    self.passed = passed
    self.rows = rows
    atLeast = limit.map { rows ?? 0 >= $0 } ?? false
  }

  /// For a column of type `jsonb`; nil for none.
  package static func json(_ counts: [CheckCount]) -> String? {
    guard !counts.isEmpty, let data = try? JSONEncoder().encode(counts) else { return nil }
    return String(decoding: data, as: UTF8.self)
  }
}
