import ReportModel

/// The privileges on a summary table or view as they are, and which of them reportgen granted.
package struct GrantFacts: Hashable, Sendable {
  var existing: Set<TableShape.Privilege>
  /// By the ledger.
  var recorded: Set<TableShape.Privilege>
  /// Roles of the definition that may not use the table's schema; `public` for everybody.
  var withoutUsage: [String]
  /// Roles of the definition that do not exist.
  var unknownRoles: [String]
  /// The session's role may grant USAGE on the schema.
  var mayGrantUsage: Bool
}

/// What brings the privileges on a summary table to its definition. Pure.
///
/// What reportgen did not grant stays, whoever has it.
package struct GrantChanges: Hashable, Sendable {
  package let table: QualifiedName
  package var granted: [Materialization.Grant]
  package var revoked: [Materialization.Grant]
  /// Recorded as granted and gone meanwhile, neither wanted any more.
  package var forgotten: [Materialization.Grant]
  /// Roles that need USAGE on the schema.
  var withoutUsage: [String]
  /// Roles of the definition that do not exist: the others get their privileges all the same.
  var unknownRoles: [String]
  var mayGrantUsage: Bool

  /// - Returns: nil when nothing would change, or the report has no table.
  package init?(_ report: Report, _ facts: GrantFacts) {
    guard let table = report.materialization.table else { return nil }
    self.table = table
    let wanted = report.materialization.grants
    let isWanted = Set(wanted.map(TableShape.Privilege.init))
    granted = wanted.filter {
      !facts.existing.contains(TableShape.Privilege($0)) && !facts.unknownRoles.contains($0.role)
    }
    let left = facts.recorded.subtracting(isWanted)
    revoked = left.intersection(facts.existing).compactMap(\.grant).sorted(by: Self.order)
    forgotten = left.subtracting(facts.existing).compactMap(\.grant).sorted(by: Self.order)
    withoutUsage = facts.withoutUsage
    unknownRoles = facts.unknownRoles
    mayGrantUsage = facts.mayGrantUsage
    if granted.isEmpty, revoked.isEmpty, forgotten.isEmpty, withoutUsage.isEmpty, unknownRoles.isEmpty {
      return nil
    }
  }

  private static func order(_ left: Materialization.Grant, _ right: Materialization.Grant) -> Bool {
    (left.privilege.rawValue, left.role) < (right.privilege.rawValue, right.role)
  }

  /// What a run executes.
  package var statements: [String] {
    (mayGrantUsage ? usage : []) + granted.map { $0.statement(on: table) }
      + revoked.map { "REVOKE \($0.privilege.rawValue) ON \(table.quoted) FROM \($0.quotedRole)" }
  }

  /// GRANT USAGE for the roles that need it.
  private var usage: [String] {
    withoutUsage.map {
      let role = Materialization.Grant(privilege: .select, role: $0).quotedRole
      return "GRANT USAGE ON SCHEMA \(SQLQuote.identifier(table.schema)) TO \(role)"
    }
  }

  /// Names the roles that do not exist; nil when all do.
  package func error(_ report: Report) -> Diagnostic? {
    guard !unknownRoles.isEmpty else { return nil }
    let roles = unknownRoles.map { "\"\($0)\"" }.joined(separator: ", ")
    return Diagnostic(
      unknownRoles.count == 1 ? "role \(roles) does not exist" : "roles \(roles) do not exist",
      hint: "Create \(unknownRoles.count == 1 ? "the role or take it" : "the roles or take them")"
        + " out of materialize.grants.", file: report.metadataFile)
  }

  /// Names the statements that somebody else has to run; nil when there are none.
  package func warning(_ report: Report) -> Diagnostic? {
    guard !mayGrantUsage, let role = withoutUsage.first else { return nil }
    let roles = withoutUsage.map { "\"\($0)\"" }.joined(separator: ", ")
    return Diagnostic(
      .warning,
      "\(roles) cannot read \(table): \(withoutUsage.count == 1 ? "it has" : "they have") no USAGE on schema"
        + " \"\(table.schema)\"",
      detail: role == "public" ? nil : "A privilege on a table counts only together with that on its schema.",
      hint: "Run on the primary, as the schema's owner: \(usage.joined(separator: "; "));",
      file: report.metadataFile)
  }
}

extension TableShape.Privilege {
  init(_ grant: Materialization.Grant) { self.init(role: grant.role, privilege: grant.privilege.rawValue) }

  /// Nil for a privilege that a definition cannot name.
  fileprivate var grant: Materialization.Grant? {
    Materialization.Grant.Privilege(rawValue: privilege).map {
      Materialization.Grant(privilege: $0, role: role)
    }
  }
}

extension Materialization.Grant {
  var quotedRole: String { role == "public" ? "PUBLIC" : SQLQuote.identifier(role) }

  package func statement(on name: QualifiedName) -> String {
    "GRANT \(privilege.rawValue) ON \(name.quoted) TO \(quotedRole)"
  }
}
