import Foundation
import TestSupport
import Testing

/// What a run may leave changed: summary tables, what the ledger says is published, and files.
struct ProjectState: Equatable {
  /// Rows as text, by table.
  var tables: [String: String]
  var ledger: String
  /// Contents by path, without the catalogue, which shows states and times.
  var files: [String: Data]
}

extension ProjectState {
  /// What differs, for messages.
  func changes(since before: ProjectState) -> [String] {
    let tables = Set(tables.keys).union(before.tables.keys).filter { self.tables[$0] != before.tables[$0] }
    let files = Set(files.keys).union(before.files.keys).filter { self.files[$0] != before.files[$0] }
    return tables.sorted().map { "table \($0)" } + files.sorted() + (ledger == before.ledger ? [] : [ledger])
  }
}

extension CommandProject {
  func state() throws -> ProjectState {
    ProjectState(
      tables: try tables(),
      ledger: try onPrimary(
        """
        select report, interval_start, interval_end, state, attempt_id, row_count, published_at
        from reportgen.interval order by 1, 2
        """), files: files())
  }

  private func tables() throws -> [String: String] {
    let names = try onPrimary(
      "select table_name from information_schema.tables where table_schema = 'reports' order by 1")
    var tables: [String: String] = [:]
    for name in names.split(separator: "\n").map(String.init) {
      tables[name] = try rows(of: "reports.\(name)")
    }
    return tables
  }

  func rows(of table: String) throws -> String {
    try onPrimary("select t::text from \(table) t order by 1")
  }

  func files() -> [String: Data] {
    var files: [String: Data] = [:]
    for path in FileManager.default.enumerator(atPath: output)?.compactMap({ $0 as? String }) ?? [] {
      guard !path.hasSuffix("index.html"),
        let data = FileManager.default.contents(atPath: output + "/" + path)
      else { continue }
      files[path] = data
    }
    return files
  }

  /// A server notices a client's death in its own time, so sessions are waited for.
  func expectNothingLeft(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation)
    async throws
  {
    var left: [String] = []
    try await waitFor("sessions and locks to end: \(left)", sourceLocation: sourceLocation) {
      left = try sessions()
      return left.isEmpty
    }
    #expect(try leftovers() == [], comment, sourceLocation: sourceLocation)
  }

  /// What no run may leave behind, however it ended; empty is good.
  private func leftovers() throws -> [String] {
    var left = try lines(
      onPrimary(
        """
        select report || ' ' || state from reportgen.report_history where state = 'running'
        union all
        select 'rows in staging table ' || tablename from pg_tables where schemaname = 'reportgen_staging'
          and query_to_xml(format('select from reportgen_staging.%I limit 1', tablename), false, false, '')::text
            like '%<row>%'
        """))
    left += files().keys.filter { $0.split(separator: "/").contains { $0.hasPrefix(".") } }
    return left
  }

  /// Sessions and advisory locks of the command, on both servers.
  private func sessions() throws -> [String] {
    let sql = """
      select application_name || ' ' || coalesce(state, '') || ' ' || coalesce(query, '') from pg_stat_activity
      where datname = current_database() and application_name = 'reportgen'
      union all
      select 'advisory lock ' || objid from pg_locks where locktype = 'advisory' and objsubid = 1
        and database = (select oid from pg_database where datname = current_database())
      """
    return try lines(onPrimary(sql)) + lines(onReplica(sql))
  }

  private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }
}
