import ReportModel

/// The roles of the environment `sandbox`; what they may do beyond this, the project's setup files grant.
package enum SandboxRoles {
  /// For a new cluster, once.
  package static let create = """
    create role reportgen_owner nologin;
    create role reportgen_reader login;
    create role reportgen_writer login in role reportgen_owner;
    create role superset login
    """

  /// The owner makes the schemas of summary and staging tables itself.
  package static func grant(on database: String) -> String {
    "grant create on database \(SQLQuote.identifier(database)) to reportgen_owner"
  }
}
