import ReportLedger
import ReportModel

/// How the rows of a portion reach their table.
package enum PublishWay: Hashable, Sendable {
  /// New and published rows are compared on the replica, and only what differs is staged.
  case difference
  /// All rows are staged, and compared on the primary.
  case fullStaging(FullStagingReason)
}

extension PublishWay {
  /// As the JSON of a plan names it.
  package var name: String { self == .difference ? "difference" : "full_staging" }

  /// Nil by difference.
  package var reason: FullStagingReason? {
    if case .fullStaging(let reason) = self { reason } else { nil }
  }
}

/// Why all rows of a portion are staged.
package enum FullStagingReason: Hashable, Sendable {
  /// `append`, `view` and `none` compare nothing.
  case kind(Materialization.Kind)
  /// A dry run, or parameters other than the defaults.
  case publishesNothing
  case noKey
  case newTable
  case fullRefresh
  /// The query's columns are not those of the table.
  case columns
  /// A key column has a collation of its own.
  case collation(String)
  /// The table has no unique index on the key yet.
  case noIndex
  /// Each of several reads would look at all published rows.
  case severalReads
  /// More columns than one join can carry for both sides.
  case wide
  /// Triggers or rules of others.
  case others
  /// What the check needs is the staging table.
  case check(String)
  case failedCheck
  /// So few published rows are expected, of at least so many.
  case fewRows(Int, minimum: Int)
  /// So many of a hundred rows did not stay the last time.
  case manyChanges(percent: Int)
  /// The replica's role may not read the table.
  case unreadable
  /// Comparing would take so many bytes of temporary files on the replica.
  case large(bytes: Int)

  /// `few_rows`, as the JSON of a plan names it.
  package var name: String {
    switch self {
    case .kind: "materialization"
    case .publishesNothing: "publishes_nothing"
    case .noKey: "no_key"
    case .newTable: "new_table"
    case .fullRefresh: "full_refresh"
    case .columns: "columns"
    case .collation: "collation"
    case .noIndex: "no_index"
    case .severalReads: "several_reads"
    case .wide: "wide"
    case .others: "others"
    case .check: "check"
    case .failedCheck: "failed_check"
    case .fewRows: "few_rows"
    case .manyChanges: "many_changes"
    case .unreadable: "unreadable"
    case .large: "large"
    }
  }

  /// For people, behind `full staging: `.
  package var text: String {
    switch self {
    case .kind(let kind): "\"as: \(kind.rawValue)\" compares no rows"
    case .publishesNothing: "nothing is published"
    case .noKey: "no unique_key"
    case .newTable: "the table does not exist yet"
    case .fullRefresh: "--full-refresh"
    case .columns: "the query's columns are not those of the table"
    case .collation(let column): "key column \"\(column)\" has a collation of its own"
    case .noIndex: "the table has no unique index on the key yet"
    case .severalReads: "each of several reads would look at all published rows"
    case .wide: "more than \(PublishWay.maxColumns) columns"
    case .others: "the table has triggers or rules"
    case .check(let name): "check \(name) reads the staging table"
    case .failedCheck: "a check failed last time"
    case .fewRows(let rows, let minimum): "\(counted(rows, "published row")), fewer than \(minimum)"
    case .manyChanges(let percent): "\(percent) % of the published rows changed last time"
    case .unreadable: "the replica's role may not read the table"
    case .large(let bytes): "\(bytes >> 30) GB of temporary files on the replica"
    }
  }
}

extension PublishWay {
  /// PostgreSQL's join has at most 1,664 columns of both sides.
  static let maxColumns = 800
  /// Where more than that changes, comparing on the replica saves the primary too little.
  static let maxChangedPercent = 50
  /// What one report's comparison may take of the replica's disk.
  static let maxTemporaryBytes = 16 << 30

  /// What decides; pure. Facts that are not known yet are nil, and then do not stand in the way.
  package struct Facts: Sendable {
    package var report: Report
    package var portion: Portion
    /// What the ledger has of its rows.
    package var history: PublishHistory
    /// From how many published rows on comparing them on the replica pays.
    package var minRows: Int
    package var publishes = true
    package var isFullRefresh = false
    /// Whether the summary table exists.
    package var exists: Bool?
    /// The table on the primary, what others have put on it, and the query's columns.
    package var table: (existing: TableShape, othersWrite: Bool, columns: [ColumnShape])?
    /// The table as the replica shows it.
    package var published: PublishedTable?

    package init(report: Report, portion: Portion, history: PublishHistory, minRows: Int) {
      self.report = report
      self.portion = portion
      self.history = history
      self.minRows = minRows
    }
  }

  package init(_ facts: Facts) {
    if let reason = facts.definitionReason ?? facts.historyReason ?? facts.tableReason ?? facts.replicaReason
    {
      self = .fullStaging(reason)
    } else {
      self = .difference
    }
  }
}

extension PublishWay.Facts {
  /// Bytes of temporary files on the replica at most: rows of both sides, and one of a few bytes for each pair.
  package var temporaryBytes: Int? {
    guard let published else { return nil }
    let rows = history.expectedRows(of: report, portion)
    let all = max(history.allRows(of: report), rows, 1)
    let share = report.materialization.kind == .incremental ? Double(rows) / Double(all) : 1
    return Int(Double(published.bytes) * share) * 2 + rows * 40
  }

  fileprivate var definitionReason: FullStagingReason? {
    let materialization = report.materialization
    guard [.table, .incremental, .merge].contains(materialization.kind) else {
      return .kind(materialization.kind)
    }
    if !publishes { return .publishesNothing }
    if exists == false { return .newTable }
    let rows = history.expectedRows(of: report, portion)
    if rows < minRows { return .fewRows(rows, minimum: minRows) }
    if materialization.uniqueKey.isEmpty { return .noKey }
    if isFullRefresh { return .fullRefresh }
    if portion.isRebuild { return .columns }
    // Its intervals are told apart by the time column.
    if materialization.kind == .incremental, materialization.timeColumn == nil || portion.replacesAll {
      return .fullRefresh
    }
    return report.checks.first { !$0.isDecidedByRows(of: report) }.map { .check($0.rule.name) }
  }

  fileprivate var historyReason: FullStagingReason? {
    guard let last = history.last else { return nil }
    if last.hasFailedCheck { return .failedCheck }
    guard let percent = last.changedPercent, percent > PublishWay.maxChangedPercent else { return nil }
    return .manyChanges(percent: percent)
  }

  fileprivate var tableReason: FullStagingReason? {
    guard let (existing, othersWrite, columns) = table else { return nil }
    if othersWrite { return .others }
    guard existing.kind == "r", SchemaDifference(existing: existing.columns, columns: columns).isEmpty else {
      return .columns
    }
    if columns.count > PublishWay.maxColumns { return .wide }
    let key = report.materialization.uniqueKey
    if let column = existing.columns.first(where: { key.contains($0.name) && $0.collation != nil }) {
      return .collation(column.name)
    }
    if portion.spans.count > 1, !readsIntervals(of: existing) { return .severalReads }
    return existing.hasKey(key) ? nil : .noIndex
  }

  /// Whether an index finds the published rows of one read; those of a `merge` can be anywhere.
  private func readsIntervals(of existing: TableShape) -> Bool {
    let materialization = report.materialization
    guard materialization.kind == .incremental, let timeColumn = materialization.timeColumn else {
      return false
    }
    return existing.hasIndex(ledBy: timeColumn)
  }

  fileprivate var replicaReason: FullStagingReason? {
    guard let published else { return nil }
    if !published.isReadable { return .unreadable }
    guard let bytes = temporaryBytes, bytes > PublishWay.maxTemporaryBytes else { return nil }
    return .large(bytes: bytes)
  }
}

extension Check {
  /// One look at each new row decides it, or the publish itself does.
  fileprivate func isDecidedByRows(of report: Report) -> Bool {
    switch rule {
    case .notNull, .range, .acceptedValues, .rows: true
    case .unique(let columns):
      severity == .error && Set(columns) == Set(report.materialization.uniqueKey)
    case .relationships, .sql, .reconcile: false
    }
  }
}
