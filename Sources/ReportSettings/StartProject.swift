import PostgresClient
import ReportDefinitions
import ReportInspection
import ReportLedger
import ReportModel

/// The files of a new project, made from what its servers say; writes nothing.
package struct StartProject: Sendable {
  package struct Plan: Sendable {
    /// Relative to the project's folder.
    package var files: [(path: String, text: String)] = []
    /// What `roles.sql` gives, a line each; empty when nothing is missing.
    package var missing: [String] = []
    package var database: String
    /// Its name; nil without a table, and while its table cannot be read.
    package var report: String?
    package var warnings: [Diagnostic] = []
  }

  package static let rolesFile = "roles.sql"

  let choice: StartChoice
  let loader: ProjectLoader

  /// - Parameter folder: the project's, absolute.
  package init(_ choice: StartChoice, in folder: String) {
    self.choice = choice
    loader = ProjectLoader(directory: folder)
  }

  /// - Throws: `RunError` when a server does not answer, the two are no pair, or a value is wrong.
  package func plan() async throws -> Plan {
    let project = loader.readProject(choice.yaml)
    guard !project.hasErrors else { throw RunError(.usage, project.diagnostics) }
    let primaryTarget = try target(choice.primary, "primary")
    let hasReplica = choice.replica != Project.Environment.noReplica
    let reader = hasReplica ? try target(choice.replica, "replica").user : nil
    let plain = choice.servers(as: nil)
    let primary = try await Self.session { try await plain.openPrimary() }
    let replica: Trial
    do {
      replica = hasReplica ? try await Self.session { try await plain.openReplica() } : .notNeeded
    } catch {
      await primary.session?.close()
      throw error
    }
    do {
      try await requirePair(primary.session, replica.session)
      var roles = StartRoles(
        owner: choice.owner, writer: primaryTarget.user ?? "reportgen_writer",
        reader: reader ?? choice.owner, database: primaryTarget.database ?? "postgres", tables: [])
      if let session = primary.session {
        let row = try Row(
          only: try await session.query("SELECT session_user AS role, current_database() AS database"))
        (roles.writer, roles.database) = (try row["role"], try row["database"])
      }
      let known = primary.session ?? replica.session
      var facts = StartRoles.Facts()
      if let known {
        roles.tables = try await tables(on: known)
        facts = try await roles.facts(on: known)
      } else {
        roles.tables = choice.table.flatMap { NewReport.names($0).first }.map { [$0] } ?? []
      }
      if let other = facts.otherOwner {
        throw RunError(
          .usage,
          Diagnostic(
            "the ledger of database \"\(roles.database)\" belongs to role \"\(other)\"",
            effect: .nothingChanged,
            hint: "All projects of a database have one ledger: say --owner \(other)."))
      }
      var plan = Plan(database: roles.database)
      plan.warnings = [primary.refusal, replica.refusal].compactMap(\.self)
      plan.missing = roles.missing(facts).map(\.purpose)
      plan.files = [("reportgen.yaml", choice.yaml), (".gitignore", StartChoice.gitignore)]
      if let script = roles.script(facts) { plan.files.append((Self.rolesFile, script)) }
      await primary.session?.close()
      await replica.session?.close()
      if plan.missing.isEmpty, plan.warnings.isEmpty { try await addReport(to: &plan, project.value) }
      plan.files += EditorSchemas.files()
      return plan
    } catch {
      await primary.session?.close()
      await replica.session?.close()
      throw RunError.from(error, "could not ask the servers", effect: .nothingChanged)
    }
  }

  private func target(_ conninfo: String, _ name: String) throws -> (user: String?, database: String?) {
    do {
      return try Conninfo.target(of: conninfo, ConnectionOptions(name: name))
    } catch {
      var failure = RunError.from(error)
      failure.status = .usage
      throw failure
    }
  }

  // MARK: Servers

  private enum Trial {
    case open(Connection)
    /// The server answers, and does not let the role in.
    case refused(Diagnostic)
    case notNeeded

    var session: Connection? { if case .open(let session) = self { session } else { nil } }
    var refusal: Diagnostic? {
      guard case .refused(var diagnostic) = self else { return nil }
      diagnostic.severity = .warning
      return diagnostic
    }
  }

  private static func session(_ open: () async throws -> Connection) async throws -> Trial {
    do {
      return .open(try await open())
    } catch let error as PostgresError where error.isConnectFailure && isRefusal(error.sqlState) {
      return .refused(RunError.from(error).diagnostic)
    } catch let error as RunError where error.sqlState == SQLState.insufficientPrivilege.rawValue {
      return .refused(error.diagnostic)
    } catch {
      throw RunError.from(error)
    }
  }

  private static func isRefusal(_ state: SQLState) -> Bool {
    state.matches(.invalidAuthorization) || state.matches(.invalidPassword)
  }

  /// The roles differ, so what both may ask is asked.
  private func requirePair(_ primary: Connection?, _ replica: Connection?) async throws {
    let question =
      "SELECT pg_is_in_recovery() AS is_replica, current_database() AS database,"
      + " (pg_control_system()).system_identifier AS system"
    func refuse(_ message: String, _ hint: String) -> RunError {
      RunError(.definition, Diagnostic(message, effect: .nothingChanged, hint: hint))
    }
    let first = try await primary?.query(question).decoded.first
    let second = try await replica?.query(question).decoded.first
    if let first, try first["is_replica"] == "t" {
      throw refuse("the primary's connection string leads to a replica", Servers.leaderHint)
    }
    if let second, try second["is_replica"] == "f" {
      throw refuse(
        "the replica's connection string leads to a primary",
        "Where there is no replica, say so: --replica none.")
    }
    guard let first, let second else { return }
    guard try first["system"] == second["system"], try first["database"] == second["database"] else {
      throw refuse(
        "replica and primary belong to different clusters or databases",
        "Both strings have to lead to the same cluster and database.")
    }
  }

  /// The first report's.
  private func tables(on session: Connection) async throws -> [QualifiedName] {
    guard let table = choice.table else { return [] }
    return [try await RelationReader(connection: session).find(NewReport.names(table), written: table)]
  }

  // MARK: Report

  private func addReport(to plan: inout Plan, _ project: Project) async throws {
    guard let table = choice.table else { return }
    let new = NewReport(loader: loader, project: project, servers: choice.servers(as: choice.owner))
    let (files, report) = try await new.make(name: choice.reportName, .relation(table))
    plan.files += files.value
    plan.warnings += files.diagnostics
    plan.report = report.name
    if !report.superset.charts.isEmpty {
      plan.files.append(("reports/dashboards/overview.yaml", StartChoice.dashboard(report)))
    }
  }
}
