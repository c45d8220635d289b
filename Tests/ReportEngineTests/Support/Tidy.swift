import Foundation
import TestSupport
import Testing

/// What every run has to leave behind, however it ended: no staged rows, no attempt that still calls itself running,
/// no run without an end, no lock, no half-written file.
func expectTidy(_ project: EngineProject, sourceLocation: SourceLocation = #_sourceLocation) async throws {
  try await waitForSessionsToEnd(project)
  #expect(try await stagedRows(project) == "", "staged rows", sourceLocation: sourceLocation)
  #expect(
    try await project.rows(
      "select report, state from reportgen.report_run where state in ('running', 'checked')")
      == "", "attempts without an end", sourceLocation: sourceLocation)
  #expect(
    try await project.rows("select run_id from reportgen.run where finished_at is null") == "",
    "runs without an end", sourceLocation: sourceLocation)
  // A server ends moments after its client has closed the session.
  try await waitFor("the end of the last advisory lock", sourceLocation: sourceLocation) {
    try await project.rows(
      """
      select classid, objid, pid from pg_locks where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())
      """) == ""
  }
  #expect(
    try await project.rows(
      "select lock_key, pid from reportgen.report_lock l where exists (select from pg_stat_activity a where a.pid = l.pid and a.application_name = 'engine of \(project.database.name)')"
    ) == "", "locks of reports", sourceLocation: sourceLocation)
  #expect(partialFiles(below: project.output) == [], "half-written files", sourceLocation: sourceLocation)
}

/// A closed session ends on the server a moment after its client is gone.
private func waitForSessionsToEnd(_ project: EngineProject) async throws {
  let sessions =
    "select pid, query from pg_stat_activity where application_name = 'engine of \(project.database.name)'"
  try await waitFor("the end of the engine's sessions") { try await project.count(sessions) == 0 }
}

/// Tables of the staging schema that hold rows, and those that a publish should have moved or removed.
private func stagedRows(_ project: EngineProject) async throws -> String {
  let tables = try await project.admin.query(
    """
    select quote_ident(c.relname), c.relname ~ ' (new|view)$' from pg_class c
    where c.relnamespace = 'reportgen_staging'::regnamespace and c.relkind in ('r', 'v') order by 1
    """)
  var found: [String] = []
  for row in tables.rows {
    let name = row[0] ?? ""
    let rows = try await project.count("select from reportgen_staging.\(name)")
    if row[1] == "t" || rows > 0 { found.append(name) }
  }
  return found.joined(separator: ", ")
}

/// Files whose names begin with a dot: an attempt's own, until it publishes them.
private func partialFiles(below folder: String) -> [String] {
  let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
  return files.filter { ($0 as NSString).lastPathComponent.hasPrefix(".") || $0.contains("partial") }.sorted()
}
