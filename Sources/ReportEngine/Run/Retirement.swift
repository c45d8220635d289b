import PostgresClient
import ReportExport
import ReportLedger
import ReportModel

/// The end of a report that has no definition any more: its files, what it left in the staging schema, its rows in the
/// ledger, and, where the caller says so, its summary table.
package struct Retirement: Sendable {
  let servers: Servers
  let output: ExportRoot
  let graph: DependencyGraph

  /// - Parameter graph: of every report of the project.
  package init(servers: Servers, output: ExportRoot, graph: DependencyGraph) {
    self.servers = servers
    self.output = output
    self.graph = graph
  }

  /// What there is of the report; changes nothing.
  ///
  /// - Throws: `RunError`, 64 for a report that has a definition or that the ledger does not know.
  package func examine(_ name: String, dropsTable: Bool) async throws -> RetiredReport {
    try await onPrimary("could not read the ledger") { try await examine(name, dropsTable, on: $0) }
  }

  /// Removes files first and the ledger last, so that what an interruption leaves is found again.
  ///
  /// - Returns: what was removed.
  /// - Throws: `RunError`: as `examine`, and 75 while a run works on it.
  package func retire(_ name: String, dropsTable: Bool) async throws -> RetiredReport {
    try await onPrimary("could not retire \"\(name)\"") { primary in
      let ledger = Ledger(connection: primary)
      var found = try await examine(name, dropsTable, on: primary)
      guard try await ledger.orphans.lockForever(found.orphan) else {
        throw RunError(
          .tryAgain,
          Diagnostic("\"\(name)\" is already being run", effect: .nothingChanged, hint: "Run again later."))
      }
      found.leftFolders = try removeFolders(of: name)
      _ = try await primary.execute("BEGIN; SET LOCAL lock_timeout = '60s'")
      do {
        for relation in found.droppedRelations + found.orphan.staging {
          let kind = relation.kind == "v" ? "VIEW" : "TABLE"
          try await primary.define("DROP \(kind) IF EXISTS \(relation.name.quoted)")
        }
        try await ledger.orphans.forget(found.orphan)
        _ = try await primary.execute("COMMIT")
      } catch {
        await primary.rollback()
        throw error
      }
      return found
    }
  }

  private func onPrimary<Value: Sendable>(
    _ what: String, _ body: (Connection) async throws -> Value
  ) async throws -> Value {
    do {
      let primary = try await servers.openPrimary()
      defer { Task { await primary.close() } }
      return try await body(primary)
    } catch {
      throw await servers.explainingRights(RunError.from(error, what), [])
    }
  }

  private func examine(_ name: String, _ dropsTable: Bool, on primary: Connection) async throws
    -> RetiredReport
  {
    if let report = graph.reports.first(where: { $0.name == name }) {
      throw RunError(
        .usage,
        Diagnostic(
          "\"\(name)\" has a definition", effect: .nothingChanged,
          hint: "Delete \(report.metadataFile) and \(report.sqlFile) first, and their test."))
    }
    let ledger = Ledger(connection: primary)
    try await ledger.requireCurrent()
    let orphans = try await ledger.orphans.all(defined: graph.reports.map(\.name))
    guard let orphan = orphans.first(where: { $0.name == name }) else {
      throw RunError(
        .usage,
        Diagnostic(
          "the ledger has no report \"\(name)\"", effect: .nothingChanged,
          hint: Suggestion.hint(for: name, among: orphans.map(\.name))
            ?? (orphans.isEmpty
              ? "Every report in it has a definition."
              : "Without a definition are: \(orphans.map(\.name).joined(separator: ", "))."))
      )
    }
    let folders = try ReportFolder(output: output.path, shownAs: output.shown, report: name)?.names() ?? []
    var found = RetiredReport(orphan: orphan, folder: "\(output.shown)/\(name)", folders: folders.count)
    let own = "\(output.host):\(output.path)"
    found.otherExports = orphan.exports.filter { $0 != own }
    for relation in orphan.relations where relation.kind != nil {
      if let maker = graph.maker(of: relation.name) {
        found.keptRelations.append((relation, maker))
      } else if dropsTable {
        found.droppedRelations.append(relation)
      } else {
        found.keptRelations.append((relation, nil))
      }
    }
    return found
  }

  /// - Returns: names of folders that stay, since reportgen did not write all that is in them.
  private func removeFolders(of name: String) throws -> [String] {
    guard let folder = try ReportFolder(output: output.path, shownAs: output.shown, report: name) else {
      return []
    }
    var left: [String] = []
    for entry in try folder.names() where try !folder.remove(entry) {
      left.append("\(output.shown)/\(name)/\(entry)")
    }
    try ReportFolder.removeIfEmpty(output: output.path, shownAs: output.shown, report: name)
    return left
  }
}

/// What there is of a report that is retired, or what was removed of it.
package struct RetiredReport: Sendable {
  package var orphan: OrphanReport
  /// Tables and views that are dropped.
  package var droppedRelations: [OrphanReport.Relation] = []
  /// Tables and views that stay, with the report that publishes there now.
  package var keptRelations: [(relation: OrphanReport.Relation, maker: String?)] = []
  /// `out/old-report`.
  package var folder: String
  /// How many intervals have files there.
  package var folders: Int
  /// Folders that stay, since reportgen did not write all that is in them.
  package var leftFolders: [String] = []
  /// Files on other hosts or in other folders, which stay: `shop-3:/srv/out`.
  package var otherExports: [String] = []

  init(orphan: OrphanReport, folder: String, folders: Int) {
    self.orphan = orphan
    self.folder = folder
    self.folders = folders
  }
}
