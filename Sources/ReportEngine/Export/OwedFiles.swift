import ReportExport
import ReportLedger
import ReportModel

/// Files of published intervals that are not there, or that disagree with the ledger. Reads manifests, writes nothing.
package struct OwedFiles: Sendable {
  let root: ExportRoot

  /// Newest intervals that should have files and have none that agree with the ledger.
  func intervals(of report: Report, _ published: [PublishedInterval]) -> [PublishedInterval] {
    guard report.hasFiles else { return [] }
    return report.exported(of: published).filter { facts in
      guard facts.attemptState == .confirmed else { return false }
      return isOwed(report, folderName: facts.folderName(report), run: facts.runID.uuidString)
    }
  }

  /// Folders as people see them: `out/sales-daily/2026-11-22`.
  package func folders(of report: Report, _ published: [PublishedInterval]) -> [String] {
    intervals(of: report, published).map { "\(root.shown)/\(report.name)/\($0.folderName(report))" }
  }

  /// `as: none` has no table to read files from again: such an interval is computed anew.
  func toCompute(_ report: Report, _ entries: [Ledger.Entry]) -> Set<Interval> {
    guard report.materialization.kind == .none, report.hasFiles else { return [] }
    return Set(
      entries.compactMap { entry in
        guard let interval = entry.interval else { return nil }
        let name = report.period.name(of: interval)
        return isOwed(report, folderName: name, run: entry.runID.uuidString) ? interval : nil
      })
  }

  private func isOwed(_ report: Report, folderName: String, run: String) -> Bool {
    let folder = try? ExportFolder(
      output: root.path, shownAs: root.shown, report: report.name, interval: folderName)
    return (try? folder?.state(expectedRun: run.lowercased())) != .complete
  }
}

extension Portion {
  /// Whether the rows as they are read are exactly those of its files, which are then written in the same pass.
  ///
  /// - Parameter existing: the summary table as it is; nil when there is none, or none is wanted.
  package func isOneFile(of report: Report, columns: [ColumnShape], existing: TableShape?) -> Bool {
    guard report.hasRowFiles else { return false }
    let isWholeRelation = intervals.isEmpty && report.materialization.kind != .merge
    let isOneInterval =
      intervals.count == 1
      && [.incremental, .append, .none, .table].contains(report.materialization.kind)
    guard isWholeRelation || isOneInterval else { return false }
    // A table that gained a column shows it last; its file does, too.
    return existing.map { $0.columns.map(\.name) == columns.map(\.name) } ?? true
  }
}
