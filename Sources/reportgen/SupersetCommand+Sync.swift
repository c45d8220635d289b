import ArgumentParser
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings
import SupersetAssets

extension SupersetCommand {
  struct Sync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "sync",
      abstract: "Make a running Superset match the definitions, through its REST API.",
      usage: "reportgen superset sync [<options>]",
      discussion: """
        Prints what it changed. Assets that reportgen did not create are not changed.

        EXAMPLES:
          reportgen superset sync --dry-run    what it would change
          reportgen superset sync --prune      delete, too, what is no longer defined
        """)

    @Flag(help: "Show what would be changed, but change nothing.")
    var dryRun = false

    @Flag(help: "Delete assets of an earlier sync that are no longer defined.")
    var prune = false

    @OptionGroup var global: GlobalOptions

    private struct Document: Encodable {
      struct Change: Encodable {
        var action: String
        var kind: String
        var name: String
        var title: String?
      }

      var dryRun: Bool
      var changes: [Change]
      var unchanged: Int
      var diagnostics: [DiagnosticDocument]
    }

    func run() async throws {
      let settings = try ProjectContext(global).settings
      let superset = try SupersetAccess(settings)
      let (reports, dashboards) = try settings.supersetDefinitions()
      _ = try superset.requiredDatabaseURI()
      let facts = try settings.chartFacts()
      let tables = try await withInterruption { try await facts.tables(reports, dashboards) }
      let assets = try settings.supersetAssets(superset, reports, dashboards, tables: tables)
      Console.report(assets.diagnostics)
      let connection = try superset.connection()
      let (password, dryRun, prune) = (superset.databasePassword, dryRun, prune)
      let sync = SupersetSync(
        assets.value, url: connection.url, account: connection.account, client: connection.client)
      do {
        let result = try await withInterruption {
          var result = try await sync.run(isDryRun: dryRun, prunes: prune, databasePassword: password)
          try await sync.makeRoles(superset.roles, isDryRun: dryRun, prunes: prune, &result)
          result.warnings += try await sync.rowWarnings(in: try await facts.largeTables(assets.value))
          return result
        }
        try show(result)
      } catch let failure as SupersetFailure {
        throw RunError(failure)
      }
    }

    private func show(_ result: SyncResult) throws {
      guard global.format == .text else {
        return try Console.printJSON(
          Document(
            dryRun: dryRun,
            changes: result.changes.map {
              .init(
                action: $0.action.rawValue, kind: $0.asset.kind.rawValue, name: $0.asset.name, title: $0.title
              )
            }
              + result.roles.map {
                .init(action: $0.action.rawValue, kind: "role", name: $0.name, title: $0.title)
              }, unchanged: result.unchanged, diagnostics: result.warnings.map(DiagnosticDocument.init)))
      }
      let rows =
        result.changes.map { change in
          [word(change.action), change.asset.kind.rawValue, change.asset.name, change.title ?? ""]
        } + result.roles.map { [word($0.action), "role", $0.name, $0.title] }
      if !rows.isEmpty { Console.print(Console.table(rows)) }
      Console.report(result.warnings)
    }

    private func word(_ action: AssetChange.Action) -> String {
      switch action {
      case .created: dryRun ? "would create" : "created"
      case .updated: dryRun ? "would update" : "updated"
      case .removed: dryRun ? "would remove" : "removed"
      case .undefined: "no longer defined"
      }
    }
  }
}
