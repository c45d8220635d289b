import LocalFiles
import PostgresClient
import ReportDefinitions
import ReportInspection
import ReportLedger
import ReportModel

/// Makes the definition of a new report from what the replica knows, and writes nothing.
package struct NewReport: Sendable {
  /// What the report is made from.
  package enum Source: Hashable, Sendable {
    /// `--from`: a table or view, as the user wrote it.
    case relation(String)
    /// `--matview`: a materialized view, likewise.
    case materializedView(String)
    /// `--query`: the text, and the file's name for diagnostics.
    case query(sql: String, file: String)
  }

  let loader: ProjectLoader
  let project: Project
  let servers: Servers

  /// Also in a project whose files are not written yet.
  var hasSchemas: Bool

  package init(_ settings: ProjectSettings, _ environment: Project.Environment) {
    loader = settings.loader
    project = settings.project
    servers = settings.servers(environment)
    hasSchemas = LocalFile.exists(settings.loader.path(EditorSchemas.path("report")))
  }

  init(loader: ProjectLoader, project: Project, servers: Servers) {
    (self.loader, self.project, self.servers, hasSchemas) = (loader, project, servers, true)
  }

  /// - Parameter name: valid, and of no other report.
  /// - Returns: the two files, whose definition has no errors, and what there is to warn of.
  /// - Throws: `RunError`; nothing was changed.
  package func files(name: String, _ source: Source) async throws -> Loaded<[(path: String, text: String)]> {
    try await make(name: name, source).files
  }

  /// The same with the report that the files are read as.
  func make(name: String, _ source: Source) async throws -> (
    files: Loaded<[(path: String, text: String)]>, report: Report
  ) {
    let connection: Connection
    do {
      connection = try await servers.openReplica()
    } catch {
      throw RunError.from(error, effect: .nothingChanged)
    }
    do {
      let draft = try await draft(name, source, on: connection)
      let read = loader.read(draft, project, searchPath: servers.searchPath.schemas)
      guard let report = read.value, !read.hasErrors else { throw RunError(.definition, read.diagnostics) }
      let online = try await DraftLint(connection: connection, servers: servers).findings(report)
      let errors = online.filter { $0.severity == .error }
      guard errors.isEmpty else { throw RunError(.definition, errors) }
      await connection.close()
      let files = [(path: report.sqlFile, text: draft.sql), (path: report.metadataFile, text: draft.yaml)]
      return (Loaded(value: files, diagnostics: read.diagnostics + online), report)
    } catch {
      await connection.close()
      throw RunError.from(error, "could not ask the replica for the report's source", effect: .nothingChanged)
    }
  }

  private func draft(_ name: String, _ source: Source, on connection: Connection) async throws -> ReportDraft
  {
    let today = try await connection.ask(servers.today)
    var draft: ReportDraft
    switch source {
    case .relation(let written):
      let reader = RelationReader(connection: connection)
      let relation = try await reader.read(Self.names(written), written: written)
      let extent = try await reader.extent(of: relation, timeColumn: ReportDraft.timeColumn(of: relation))
      draft = ReportDraft(name: name, from: relation, extent: extent, today: today)
    case .materializedView(let written):
      let reader = RelationReader(connection: connection)
      let relation = try await reader.read(Self.names(written), written: written)
      guard relation.kind == .materializedView else {
        throw RunError(
          .usage,
          Diagnostic(
            "\(relation.name) is not a materialized view",
            hint: "Make a report of its rows with \"--from \(written)\"."))
      }
      draft = ReportDraft(
        name: name, materializedView: relation, try await reader.materializedView(relation))
    case .query(let sql, let file):
      let query = try DraftQuery(sql, file: file)
      draft = try await self.draft(name, query, file, today, on: connection)
    }
    if hasSchemas { draft.schema = "../" + EditorSchemas.path("report") }
    return draft
  }

  private func draft(
    _ name: String, _ query: DraftQuery, _ file: String, _ today: CalendarDate, on connection: Connection
  ) async throws -> ReportDraft {
    let filled = query.describable
    do {
      let described = try await QueryDescription(filled.sql, on: connection)
      return ReportDraft(
        name: name, query: query,
        columns: described.columns.map { column in
          .init(name: column.name, type: column.type, format: ReportDraft.format(ofType: column.type ?? ""))
        },
        types: Dictionary(zip(query.parameterNames, described.parameters)) { first, _ in first }, today: today
      )
    } catch let error as PostgresError where !error.isTransient {
      if error.sqlState.matches(.syntaxError), !query.parserErrors.isEmpty {
        throw RunError(.definition, query.parserErrors)
      }
      var failure = RunError.from(error, effect: .nothingChanged)
      failure.status = .definition
      failure.diagnostic.file = file
      failure.diagnostic.place = error.position.flatMap { filled.sourcePlace(serverPosition: $0, prefix: "") }
      throw failure
    }
  }

  /// What a text can name: as SQL reads it, with its letters as they are, and folded.
  static func names(_ written: String) -> [QualifiedName] {
    var names = [QualifiedName(written: written)]
    if !written.contains("\""), let dot = written.firstIndex(of: ".") {
      names.append(
        QualifiedName(schema: String(written[..<dot]), name: String(written[written.index(after: dot)...])))
      names.append(QualifiedName(written: written.lowercased()))
    }
    return names.compactMap(\.self)
  }
}
