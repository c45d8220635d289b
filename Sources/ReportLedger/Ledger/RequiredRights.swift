import PostgresClient
import ReportModel

extension MissingRights {
  /// What a run or a verification needs on the replica: the report's sources, and its own rows in the ledger and the
  /// summary table.
  static func ofReader(_ reports: [Report]) -> [Need] {
    let ledger = ["run", "report_run", "interval", "definition"].map {
      QualifiedName(schema: "reportgen", name: $0)
    }
    let tables =
      reports.flatMap { report in
        sources(report) + [report.materialization.table].compactMap { $0 }
      } + ledger
    return reading(tables)
  }

  /// What the reports read, and nothing else.
  static func ofSources(_ reports: [Report]) -> [Need] { reading(reports.flatMap(sources)) }

  private static func sources(_ report: Report) -> [QualifiedName] {
    // What of a text that only the server parses is a table is known by whether there is one of that name.
    (report.syntax == .server ? report.mentions.relations.sorted() : []) + report.reads + report.sourceReads
  }

  private static func reading(_ tables: [QualifiedName]) -> [Need] {
    unique(tables.map { .schema($0.schema, ["USAGE"]) } + tables.map { .table($0, ["SELECT"]) })
  }

  /// What a run needs on the primary, where no row of the sources is read, except by checks.
  static func ofOwner(_ reports: [Report]) -> [Need] {
    let tables = reports.compactMap(\.materialization.table)
    let read =
      reports.filter { $0.materialization.kind == .view }.flatMap(\.reads)
      + reports.flatMap(\.primaryCheckReads)
    let own = [LedgerSchema.staging] + tables.map(\.schema)
    let needs: [Need] =
      [.schema("reportgen", ["USAGE"])] + own.map { .schema($0, ["USAGE", "CREATE"]) }
      + read.map { .schema($0.schema, ["USAGE"]) }
    let rights =
      tables.map { Need.tableOwner($0) } + reports.flatMap(\.primaryCheckReads).map { .table($0, ["SELECT"]) }
    return unique(needs + rights + ledger)
  }

  /// What `reportgen init` needs: to make schemas, and to own those that are there.
  static func ofSetup(_ schemas: [String]) -> [Need] {
    schemas.map { .ownSchema($0) }
  }

  private static var ledger: [Need] {
    let tables = [
      "migration", "run", "outcome", "report_run", "definition", "interval", "export", "report_lock",
    ]
    return tables.map { name in
      let deletes = ["interval", "export", "report_lock"].contains(name) ? ["DELETE"] : []
      return .table(
        QualifiedName(schema: "reportgen", name: name), ["SELECT", "INSERT", "UPDATE"] + deletes)
    }
  }

  private static func unique(_ needs: [Need]) -> [Need] {
    var seen: Set<Need> = []
    return needs.filter { seen.insert($0).inserted }
  }
}

extension Servers {
  /// Adds the GRANT statements for the rights that a session lacks to the hint; returns any other error unchanged.
  ///
  /// - Parameter reports: those that the session was to work on.
  package func explainingRights(_ error: RunError, _ reports: [Report]) async -> RunError {
    if let name = error.undefinedName { return await explaining(error, undefined: name) }
    guard error.sqlState == SQLState.insufficientPrivilege.rawValue, let server = error.server else {
      return error
    }
    let isPrimary = server == "primary"
    let needs = isPrimary ? ownerNeeds(reports) : MissingRights.ofReader(reports)
    return await explaining(error, needs, isPrimary: isPrimary)
  }

  /// Without a replica the owner reads, too.
  private func ownerNeeds(_ reports: [Report]) -> [MissingRights.Need] {
    let needs = MissingRights.ofOwner(reports)
    return hasReplica ? needs : needs + MissingRights.ofSources(reports)
  }

  /// Names the schema in which the operator, function or type is, and the key that makes it known.
  private func explaining(_ error: RunError, undefined name: String) async -> RunError {
    let isPrimary = error.server == "primary"
    guard let session = try? await isPrimary ? openReaderOfPrimary() : openReplica() else { return error }
    let found = try? await UnlistedObject.find(name, on: session)
    await session.close()
    guard let found else { return error }
    var explained = error
    explained.diagnostic.hint = found.hint
    return explained
  }

  /// Statements that give a session's role what the reports need of it, before a run is refused.
  ///
  /// - Parameters:
  ///   - isPrimary: the rights of the owner of the summary tables; otherwise those of the role that reads.
  ///   - session: of that role, on either server.
  /// - Returns: empty when it has all of them.
  package func missingRights(_ reports: [Report], isPrimary: Bool, on session: Connection) async throws
    -> [String]
  {
    let needs = isPrimary ? ownerNeeds(reports) : MissingRights.ofReader(reports)
    return try await MissingRights(connection: session).statements(needs)
  }

  /// - Parameter isPrimary: which server refused: both have the same grants, but the two connect as different roles.
  func explaining(_ error: RunError, _ needs: [MissingRights.Need], isPrimary: Bool) async -> RunError {
    guard let session = try? await isPrimary ? openPrimary() : openReplica() else { return error }
    let statements = try? await MissingRights(connection: session).statements(needs)
    await session.close()
    guard let statements, !statements.isEmpty else { return error }
    var explained = error
    explained.diagnostic.hint = "Run on the primary, as a superuser: \(statements.joined(separator: " "))"
    return explained
  }
}
