import PostgresClient
import ReportLedger
import ReportModel

extension RunEngine {
  /// What another run has appended between this run's plan and its lock is done: only the rest is read.
  ///
  /// Reports of other materializations are computed again, which changes nothing.
  /// - Parameter lane: holds the report's lock.
  /// - Returns: nil when nothing is left; the lock is given back then.
  func leftToAppend(_ pending: PendingPortion, in lane: PrimarySession) async throws -> PendingPortion? {
    let report = pending.report
    guard publishes, report.materialization.kind == .append else { return pending }
    let session = try await lane.session(holding: report)
    let taken = try await Ledger(connection: session).published(of: report.name, pending.portion.intervals)
    guard !taken.isEmpty else { return pending }
    let left = pending.portion.intervals.filter { !taken.contains($0.start) }
    guard left.isEmpty else {
      let spans = Span.spans(of: left, batch: report.materialization.batch)
      return pending.with(Portion(spans: spans, replacesAll: false))
    }
    await lane.unlock([report])
    if outcomes[report.name] == nil {
      outcomes[report.name] = ReportOutcome(report: report, state: .upToDate)
    }
    return nil
  }
}
