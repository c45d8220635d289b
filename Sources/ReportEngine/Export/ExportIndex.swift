import ReportExport
import ReportLedger
import ReportModel

/// Writes `index.html` of the output folder from the ledger: every report of the project, its newest interval.
struct ExportIndex: Sendable {
  let root: ExportRoot

  /// - Parameter published: what the ledger says is published, by the reports' names.
  /// - Throws: `Diagnostic` for the folder.
  func write(_ reports: [Report], _ published: [String: [PublishedInterval]]) throws {
    let entries = reports.map { entry($0, $0.exported(of: published[$0.name] ?? []).first) }
    try IndexPage(entries: entries, generator: root.generator, language: root.languages.standard)
      .write(output: root.path, shownAs: root.shown, writer: root.writer)
  }

  private func entry(_ report: Report, _ newest: PublishedInterval?) -> IndexPage.Entry {
    let folder = newest.flatMap { facts in
      try? ExportFolder(
        output: root.path, shownAs: root.shown, report: report.name, interval: facts.folderName(report))
    }
    let manifest = try? folder?.manifest()
    let isComplete =
      newest.flatMap { facts in try? folder?.state(expectedRun: facts.runID.uuidString.lowercased()) }
      == .complete
    let state: IndexPage.State =
      switch newest?.state {
      case nil: .missing
      case .published: .published
      default: isComplete || !report.hasFiles ? .confirmed : .owed
      }
    let texts = root.languages.standard.texts
    return IndexPage.Entry(
      reportName: report.name, title: texts[report.title], description: texts[report.description],
      owner: report.owner,
      tags: report.tags, intervalName: newest?.folderName(report), state: state, rows: newest?.rowCount,
      asOf: newest?.asOf, files: manifest?.files.map(\.name) ?? [])
  }
}
