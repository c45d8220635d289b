import ReportModel

/// Why a summary table or view does not have what the ledger calls published.
package enum TableLoss: Hashable, Sendable {
  /// Nothing has the name.
  ///
  /// - Parameter now: the name that the published relation has now; nil when it was dropped.
  case missing(now: QualifiedName?)
  /// Another relation has the name than the one that was published.
  ///
  /// - Parameter now: where the published rows are.
  case replaced(now: QualifiedName)
  /// A view has the name of a table, or the other way round.
  ///
  /// - Parameter now: where the published rows are, under the same name when materialize.as has changed; nil when they
  ///   are gone.
  case otherKind(isView: Bool, now: QualifiedName?)
  /// It has no row.
  ///
  /// - Parameter published: how many it has by the ledger.
  case emptied(published: Int)
  /// It has fewer rows than the ledger counts; which ones are missing only `verify` can tell.
  case shrunk(rows: Int, published: Int)

  /// The raw value of `table.state` in the JSON of `status`.
  package var name: String {
    switch self {
    case .missing: "missing"
    case .replaced, .otherKind: "replaced"
    case .emptied: "emptied"
    case .shrunk: "shrunk"
    }
  }

  /// All of what is published is gone, so that computing it again loses nothing.
  package var isWhole: Bool {
    if case .shrunk = self { false } else { true }
  }

  /// A run can make it again; not where another relation has its name, which a run neither drops nor renames.
  package var canBeMadeAgain: Bool {
    if case .otherKind = self { false } else { isWhole }
  }
}

/// A report's summary table or view, by the catalogs and the ledger, in one snapshot.
package struct TableFacts: Hashable, Sendable {
  /// Intervals that have rows by the ledger; 1 for the whole of a report.
  package var publishedIntervals: Int
  /// Rows of these intervals when they were published.
  var publishedRows: Int
  /// Rows of the newest of them.
  var newestRows: Int
  /// `r`, `v`, …; nil when nothing has the name.
  var kind: String?
  /// Nil where they were not counted: a view, a large table that has rows, a table that may not be read or is locked.
  var rows: Int?
  /// The relation of the name is the one that was published, or nothing is known of that.
  var isRecorded: Bool
  /// The name that the published relation has now; nil when it is gone or was never recorded.
  var recordedNow: QualifiedName?

  /// Pure.
  ///
  /// - Returns: nil when everything is there, or nothing is published.
  package func loss(of report: Report) -> TableLoss? {
    guard publishedIntervals > 0, let table = report.materialization.table else { return nil }
    let now = recordedNow == table ? nil : recordedNow
    guard let kind else { return .missing(now: now) }
    let isView = report.materialization.kind == .view
    if (kind == "v") != isView { return .otherKind(isView: kind == "v", now: recordedNow) }
    if !isRecorded, let recordedNow { return .replaced(now: recordedNow) }
    guard let rows, let published = countable(report) else { return nil }
    if rows == 0, published > 0 { return .emptied(published: published) }
    // A row that a merge changed counts in several intervals.
    guard report.materialization.kind != .merge, rows < published else { return nil }
    return .shrunk(rows: rows, published: published)
  }

  private func countable(_ report: Report) -> Int? {
    switch report.materialization.kind {
    case .incremental, .append, .merge: publishedRows
    case .table: newestRows
    case .view, .none: nil
    }
  }
}

extension Report {
  /// Every run makes all of the relation anew, so that a lost one comes back by itself.
  var remakesRelation: Bool {
    materialization.kind == .view || period == .none && materialization.kind == .table
  }
}

extension TableLoss {
  /// What is wrong, and how to mend it.
  ///
  /// - Parameter intervals: how many have rows by the ledger.
  package func diagnostic(
    _ report: Report, intervals: Int, _ severity: Diagnostic.Severity, effect: FailureEffect? = nil
  ) -> Diagnostic {
    let table = report.materialization.table?.description ?? report.name
    return Diagnostic(
      severity, message(report, table, intervals), detail: detail(table), effect: effect,
      hint: hint(report, table), file: report.metadataFile)
  }

  private func message(_ report: Report, _ table: String, _ intervals: Int) -> String {
    let published =
      report.period == .none
      ? "the ledger calls \"\(report.name)\" published"
      : "the ledger has \(counted(intervals, "published interval")) of \"\(report.name)\""
    return switch self {
    case .missing: "\(table) does not exist, but \(published)"
    case .replaced(let now): "\(published), in \(now) and not in \(table)"
    case .otherKind(let isView, _): "\(table) is \(isView ? "a" : "not a") view, but \(published)"
    case .emptied: "\(table) is empty, but \(published)"
    case .shrunk(let rows, let published):
      "\(table) has \(counted(rows, "row")), but by the ledger \(published)"
    }
  }

  private func detail(_ table: String) -> String? {
    switch self {
    case .missing(nil): "The table was dropped."
    case .missing(let now?):
      "It is called \(now) now: it was renamed, or materialize.table names another table than before."
    case .otherKind(_, nil): "What was published was dropped, and something else has its name."
    case .otherKind(_, let now?):
      now.description == table
        ? "materialize.as was something else when it was published."
        : "What was published is called \(now) now."
    case .replaced: "materialize.table names another table than before, or tables were renamed."
    case .emptied(let rows): "\(counted(rows, "row")) \(rows == 1 ? "was" : "were") published."
    case .shrunk: "Rows were deleted by somebody else."
    }
  }

  private func hint(_ report: Report, _ table: String) -> String {
    if case .otherKind(_, let now) = self {
      let other = now.flatMap { $0.description == table ? nil : ", then rename \($0) to \(table)" }
      return "Drop or rename \(table)\(other ?? ", then run \"\(report.name)\" again")."
    }
    if report.remakesRelation { return "\"reportgen run \(report.name)\" makes it again." }
    guard isWhole else {
      let mend =
        report.materialization.kind == .append
        ? "What was appended is not computed again: restore it from a backup."
        : "\"reportgen run \(report.name) --date DAY\" computes one interval again, --full-refresh all of them."
      return "\"reportgen verify \(report.name)\" shows what is missing. \(mend)"
    }
    let restate =
      report.catchUp == .state
      ? "What it recorded cannot be computed again: restore the table from a backup."
        + " \"reportgen run \(report.name) --restate\" begins anew with the newest interval."
      : "\"reportgen run \(report.name) --restate\" computes all of it again."
    return switch self {
    case .missing(let now?): "Rename \(now) to \(table), or change materialize.table back. \(restate)"
    case .replaced(let now): "Change materialize.table back to \(now). \(restate)"
    default: restate
    }
  }
}
