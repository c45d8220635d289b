import ArgumentParser
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings
import RunFollowUp
import SupersetAssets

struct RetireCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire",
    abstract: "Remove what is left of a report that has no definition any more.",
    usage: "reportgen retire [<options>] <name>",
    discussion: """
      Shows what there is: files, staging tables, the report's rows in the ledger, its assets in
      Superset. With --yes it removes them. The summary table stays unless --drop-table is given.

      EXAMPLES:
        reportgen retire old-report                       what would be removed
        reportgen retire old-report --yes --drop-table    with its summary table
      """)

  @Argument(help: "The report's name.")
  var name: String

  @Flag(help: "Remove what is shown without it.")
  var yes = false

  @Flag(help: "Drop the summary table or view, too.")
  var dropTable = false

  @OptionGroup var global: GlobalOptions

  private struct Document: Encodable {
    var report: String
    var isRetired: Bool
    var dropped: [String]
    var kept: [String]
    var staging: [String]
    var intervals: Int
    var attempts: Int
    var folders: Int
    var left: [String]
    var otherExports: [String]
    var superset: [String]
    var diagnostics: [DiagnosticDocument]
  }

  func run() async throws {
    let context = try ProjectContext(global)
    let settings = context.settings
    let graph = DependencyGraph(try context.loadReports())
    let servers = settings.servers(try settings.environment().environment)
    let retirement = Retirement(servers: servers, output: settings.output, graph: graph)
    let (name, yes, dropTable) = (name, yes, dropTable)
    _ = try await retirement.examine(name, dropsTable: dropTable)
    let superset = await retireAssets(settings)
    let found = try await withInterruption {
      yes
        ? try await retirement.retire(name, dropsTable: dropTable)
        : try await retirement.examine(name, dropsTable: dropTable)
    }
    let catalogue = CatalogueFollowUp(settings)
    let warnings =
      superset.warnings + (yes ? try await withInterruption { await catalogue.refresh(graph) } : [])
    if global.format == .json {
      return try Console.printJSON(document(found, superset.assets, warnings))
    }
    Console.print(text(found, superset.assets))
    Console.report(warnings)
  }

  /// What Superset has of the report; what it does not say is a warning, since a later sync can remove it.
  private func retireAssets(_ settings: ProjectSettings) async -> (assets: [String], warnings: [Diagnostic]) {
    do {
      let superset = try SupersetAccess(settings)
      guard superset.url != nil else { return ([], []) }
      let assets = try settings.supersetAssets(superset)
      let connection = try superset.connection()
      let sync = SupersetSync(
        assets.value, url: connection.url, account: connection.account, client: connection.client)
      let (name, yes) = (name, yes)
      let result = try await withInterruption { try await sync.retire(name, isDryRun: !yes) }
      return (result.changes.map { "\($0.asset)" }, result.warnings)
    } catch {
      let cause: Diagnostic =
        switch error {
        case let failure as SupersetFailure: RunError(failure).diagnostic
        case let error as RunError: error.diagnostic
        default: Diagnostic("\(error)")
        }
      return (
        [],
        [
          Diagnostic(
            .warning, "Superset's assets of \"\(name)\" stay: \(cause.message)", detail: cause.detail,
            hint: "\"reportgen superset sync --prune\" removes them later.")
        ]
      )
    }
  }

  private func document(_ found: RetiredReport, _ assets: [String], _ warnings: [Diagnostic]) -> Document {
    Document(
      report: name, isRetired: yes, dropped: found.droppedRelations.map(\.name.description),
      kept: found.keptRelations.map(\.relation.name.description),
      staging: found.orphan.staging.map(\.name.description), intervals: found.orphan.intervals,
      attempts: found.orphan.attempts, folders: found.folders, left: found.leftFolders,
      otherExports: found.otherExports, superset: assets,
      diagnostics: warnings.map(DiagnosticDocument.init))
  }

  private func text(_ found: RetiredReport, _ assets: [String]) -> String {
    let (removed, dropped) = yes ? ("removed", "dropped") : ("would be removed", "would be dropped")
    var lines = ["\(name)  \(yes ? "retired" : "last run \(found.orphan.lastRun ?? "unknown")")"]
    for relation in found.droppedRelations { lines.append("  table     \(relation.name) \(dropped)") }
    for (relation, maker) in found.keptRelations {
      lines.append("  table     \(relation.name) stays" + (maker.map { ": \"\($0)\" publishes there" } ?? ""))
    }
    for relation in found.orphan.staging { lines.append("  staging   \(relation.name) \(dropped)") }
    lines.append(
      "  ledger    \(counted(found.orphan.intervals, "interval")) and \(counted(found.orphan.attempts, "attempt"))"
        + " \(removed)")
    if found.folders > 0 {
      lines.append("  files     \(found.folder), \(counted(found.folders, "interval")) \(removed)")
    }
    for folder in found.leftFolders { lines.append("  files     \(folder) stays: others wrote there") }
    for place in found.otherExports { lines.append("  files     \(place) stays") }
    for asset in assets { lines.append("  superset  \(asset) \(removed)") }
    if !yes { lines.append("run it again with --yes to remove them") }
    return lines.visibleLines
  }
}
