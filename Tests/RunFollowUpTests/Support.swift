import Foundation
import ReportModel
import ReportSettings
import TestSupport

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger
@testable import RunFollowUp

/// A project's folder in which runs have ended.
struct EndedProject {
  let folder: String
  var surroundings: Surroundings
  static let runID = UUID(uuidString: "9B1D63C5-0000-4000-8000-000000000001")!

  init(_ folder: String, _ yaml: String) throws {
    self.folder = folder
    surroundings = Surroundings(directory: folder)
    try write(yaml, to: "reportgen.yaml")
  }

  func write(_ text: String, to file: String) throws {
    try Data(text.utf8).write(to: URL(filePath: folder).appending(path: file))
  }

  func text(_ file: String) -> String? {
    try? String(contentsOfFile: folder + "/" + file, encoding: .utf8)
  }

  func settings() throws -> ProjectSettings { try ProjectSettings(SettingOptions(), in: surroundings) }

  func followUp(
    metricsFile: String? = nil, isRehearsal: Bool = false, ledger: LedgerReader = .empty
  ) throws -> FollowUp {
    FollowUp(
      try settings(), run: Self.runID, metricsFile: metricsFile, isRehearsal: isRehearsal,
      began: Date(timeIntervalSince1970: 1_795_631_544), ledger: ledger)
  }
}

nonisolated(nonsending) func withEndedProject<R>(
  _ yaml: String, _ body: (inout EndedProject) async throws -> R
) async throws -> R {
  try await temporaryDirectory { folder async throws in
    var project = try EndedProject(folder, yaml)
    return try await body(&project)
  }
}

extension LedgerReader {
  /// A ledger in which every report is up to date and in version `1`.
  static let empty = LedgerReader(
    health: { reports, _ in
      reports.map { report in
        let status = ReportStatus(report: report.name, missing: 7)
        return ReportHealth(report, status, ReportFreshness(now: 1_795_631_600, lateAfter: nil))
      }
    },
    versions: { names in Dictionary(uniqueKeysWithValues: names.map { ($0, "1") }) }, tables: { _, _ in [:] })

  static func failing(_ error: any Error) -> LedgerReader {
    LedgerReader(
      health: { _, _ in throw error }, versions: { _ in throw error }, tables: { _, _ in throw error })
  }
}

let total = Report(
  name: "total", title: "Total", period: .none,
  materialization: Materialization(
    kind: .table, table: QualifiedName(schema: "reports", name: "total"), uniqueKey: ["item"]),
  columns: [], query: QueryText(text: "select 1", references: []), sqlFile: "reports/total.sql",
  metadataFile: "reports/total.yaml")

func result(_ status: ExitStatus, own: ExitStatus = .done) -> RunResult {
  RunResult(
    runID: EndedProject.runID,
    reports: own == .done
      ? [ReportOutcome(report: total, state: status == .done ? .confirmed : .failed, status: status)] : [],
    ownStatus: own)
}

extension [Diagnostic] {
  var text: String { map(\.description).joined(separator: "\n") }
}
