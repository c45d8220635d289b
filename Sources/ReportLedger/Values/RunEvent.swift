import ReportModel

/// What happens while a run goes on, for those who watch it. Reports can be at work side by side.
package enum RunEvent: Sendable {
  /// How often each report is going to be read; a report that is up to date is not in it, or has 0.
  case planned([String: Int])
  /// A step of one attempt begins.
  case step(report: String, step: String)
  /// Rows that the current read has given so far; said once a chunk, never a row.
  case rows(report: String, count: Int)
  /// Nothing of the report goes on right now: it waits for others of its level, or its files are written.
  case waiting(report: String)
  case retrying(report: String, because: Diagnostic, afterMilliseconds: Int)
  /// Something about the servers that explains why the run goes on slowly.
  case note(Diagnostic)
  /// Nothing more of the report is read or published in this run; once a report. Files that it owes can follow.
  case ended(ReportOutcome)
}
