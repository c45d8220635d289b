import ReportLedger
import ReportModel

/// Which folders of a report hold files that `export.keep` and `materialize.retention` no longer promise.
///
/// Pure. Names of folders sort as the days in them.
struct KeptFolders: Sendable {
  let report: Report
  /// What is published, newest first.
  let published: [PublishedInterval]
  /// By `materialize.retention`.
  let firstKeptDay: CalendarDate?

  /// - Parameter names: newest first.
  /// - Returns: the names that may go, if reportgen wrote them.
  func stale(among names: [String]) -> [String] {
    let kept = report.exported(of: published)
    guard !kept.isEmpty else { return [] }
    if report.showsWholeRelation { return Array(names.dropFirst(report.export.keep)) }
    let oldestKept = kept.count < report.export.keep ? nil : kept.last?.folderName(report)
    let oldestRetained = firstKeptDay.flatMap(report.period.interval).map(report.period.name)
    guard let oldest = [oldestKept, oldestRetained].compactMap(\.self).max() else { return [] }
    return names.filter { $0 < oldest }
  }
}
