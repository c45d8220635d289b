import ReportModel

/// An event of a run, for observers; several reports can run at the same time.
package enum RunEvent: Sendable {
  /// How often each report is going to be read; a report that is up to date is not in it, or has 0.
  case planned([String: Int])
  /// A step of one attempt begins.
  case step(report: String, step: String)
  /// Rows that the current read has received so far; sent once a chunk, not once a row.
  case rows(report: String, count: Int)
  /// The report has no step in progress: it waits for others of its level, or its files are written.
  case waiting(report: String)
  case retrying(report: String, because: Diagnostic, afterMilliseconds: Int)
  /// Why the run waits for a server or has fewer sessions.
  case note(Diagnostic)
  /// Nothing more of the report is read or published in this run; once a report. Files that it owes can follow.
  case ended(ReportOutcome)
}
