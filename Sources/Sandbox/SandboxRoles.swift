import ReportModel

/// The roles of the environment `sandbox`; the project's setup files grant them the rights on their tables.
package enum SandboxRoles {
  /// The statements for a new cluster.
  package static let create = """
    create role reportgen_owner nologin;
    create role reportgen_reader login;
    create role reportgen_writer login in role reportgen_owner;
    create role superset login
    """

  /// The statement for a new database: the owner creates the schemas of summary and staging tables itself.
  package static func grant(on database: String) -> String {
    "grant create on database \(SQLQuote.identifier(database)) to reportgen_owner"
  }
}
