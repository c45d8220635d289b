import Foundation
import PostgresClient
import ReportLedger
import ReportModel

extension RunEngine {
  /// Deletes what `materialize.retention` no longer keeps, each report's rows and ledger in one transaction.
  ///
  /// Comes before the reports run, so that no publish meets these rows. One that fails stops nothing else; the next run
  /// does it.
  func expireIntervals(of reports: [Report]) async throws {
    guard options.parameters.isEmpty else { return }
    for report in reports where !(notes[report.name]?.plan.expiring ?? []).isEmpty {
      do {
        try await expire(report)
      } catch let error where error is CancellationError {
        throw error
      } catch let error as RunError where error.status == .tryAgain && !error.isTransient {
        // Another run works on the report; what it leaves, the next one does.
      } catch {
        let failure = await configuration.servers.explainingRights(
          meaning(
            of: error, "could not expire intervals of \"\(report.name)\"", detail: "Their rows are unchanged."
          ),
          [report])
        notes[report.name]?.diagnostics.append(failure.diagnostic)
        notes[report.name]?.status = failure.status
      }
      await main.unlock([report])
    }
  }

  private func expire(_ report: Report) async throws {
    let intervals = notes[report.name]?.plan.expiring ?? []
    guard let table = report.materialization.table,
      let condition = ReportQuery.condition(report: report, intervals: intervals, timezone: timezone)
    else { return }
    let rows: Int
    if options.dryRun {
      rows = try await ledger { try await $0.count(in: table, where: condition) }
    } else {
      let session = try await main.lock(report, until: lockDeadline)
      let attempt = Attempt(
        id: UUID(), runID: configuration.run.id, report: report,
        portion: Portion(spans: Span.spans(of: intervals, batch: .max), replacesAll: false), number: 1,
        values: [:])
      rows = try await Ledger(connection: session).expire(attempt, from: table, where: condition)
    }
    notes[report.name]?.expired = (intervals, rows)
  }
}
