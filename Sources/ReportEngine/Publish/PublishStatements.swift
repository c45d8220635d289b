import ReportLedger
import ReportModel

/// The statements that make a summary table equal to the staging table, writing only the rows that differ.
///
/// Pure text. Rows are paired by `=` on key columns that cannot be null, and on the others so that nulls are equal and a
/// hash join still serves: by `coalesce` where a value can stand for null, by `array[a] = array[b]` and both or neither
/// being null elsewhere. Pairs are compared by their image, which sees 1.0 against 1.00. Without a key rows are paired by
/// their text and occurrence, as a multiset.
struct PublishStatements: Hashable, Sendable {
  let target: QualifiedName
  let staging: QualifiedName
  /// Every published column, in the order of the table.
  var columns: [String]
  let key: [String]
  /// Key columns that hold no null, by a check or by a look at both tables.
  var notNullKey: Set<String>
  /// Types as `format_type` writes them; a column that is not here is compared by its image.
  var types: [String: String] = [:]
  /// An index keeps the key of the staged rows unique.
  var isStagedKeyUnique = false
  /// Condition on `t` that limits which published rows are paired; nil for all of them.
  let scope: String?
  /// Condition on `t` that limits which unmatched published rows are deleted; nil when none are.
  let deleteScope: String?

  /// Counts of a difference: paired rows, rows to delete, to add, to change, published rows in scope.
  var difference: String {
    """
    SELECT count(*) FILTER (WHERE d.old_id IS NOT NULL AND d.new_id IS NOT NULL) AS paired,
      count(*) FILTER (WHERE d.new_id IS NULL AND d.is_deletable) AS removed,
      count(*) FILTER (WHERE d.new_id IS NULL AND NOT d.is_deletable) AS kept,
      count(*) FILTER (WHERE d.old_id IS NULL) AS added,
      count(*) FILTER (WHERE d.is_changed) AS changed,
      \(publishedCount) AS published, \(deletableCount) AS deletable
    FROM (\(key.isEmpty ? unkeyedPairs : keyedPairs)) d
    """
  }

  /// A published row meets one staged row at most, unless a key was staged twice.
  var publishedCount: String {
    isStagedKeyUnique ? "count(d.old_id)" : "(SELECT count(*) FROM \(target.quoted) t\(whereScope))"
  }

  /// Published rows that the deletes may take away.
  var deletableCount: String {
    guard let deleteScope else { return "0" }
    guard scope != deleteScope, !(scope == nil && deleteScope == "true") else { return publishedCount }
    return "(SELECT count(*) FROM \(target.quoted) t WHERE \(deleteScope)\(andScope))"
  }

  /// In the order in which they run; only those with something to do.
  func changes(removed: Int, changed: Int, added: Int) -> [String] {
    if key.isEmpty { return removed + added > 0 ? [unkeyedDelete, unkeyedInsert] : [] }
    return [removed > 0 ? delete : nil, changed > 0 ? update : nil, added > 0 ? insert : nil].compactMap {
      $0
    }
  }

  /// Every staged row is added; for `append`, and for a table that is still empty.
  var insertAll: String {
    "INSERT INTO \(target.quoted) (\(list(""))) SELECT \(list("s.")) FROM \(staging.quoted) s"
  }

  // MARK: With a key

  var pairing: String {
    key.flatMap { name -> [String] in
      let column = SQLQuote.identifier(name)
      let (t, s) = ("t.\(column)", "s.\(column)")
      // Another schema's equality is not in the search path: an array's finds it by the type.
      let isBuiltIn = !(types[name]?.contains(".") ?? false)
      if notNullKey.contains(name), isBuiltIn { return ["\(t) = \(s)"] }
      // An array of arrays holds their elements: no array and one without elements give the same.
      let sameNull = notNullKey.contains(name) ? [] : ["(\(t) IS NULL) = (\(s) IS NULL)"]
      guard let stand = types[name].flatMap(standIn) else { return ["ARRAY[\(t)] = ARRAY[\(s)]"] + sameNull }
      // Nulls are equal here, and it is half the work of arrays.
      return ["coalesce(\(t), \(stand)) = coalesce(\(s), \(stand))"] + sameNull
    }.joined(separator: " AND ")
  }

  /// Some value of a type, to stand where a null is; nil for types of which none is known.
  private func standIn(_ type: String) -> String? {
    switch type {
    case "smallint", "integer", "bigint": return "0"
    case "text", "character varying": return "''"
    case "date": return "'epoch'::date"
    case "boolean": return "false"
    case "uuid": return "'00000000-0000-0000-0000-000000000000'::uuid"
    default: break
    }
    if type.hasPrefix("numeric") && !type.hasSuffix("]") { return "0" }
    if type.hasPrefix("character varying(") && !type.hasSuffix("]") { return "''" }
    let isTimestamp = type.hasPrefix("timestamp") && !type.hasSuffix("]")
    return isTimestamp ? "'epoch'::\(type)" : nil
  }

  /// By value where equal values are one image, which is half the work; by record image otherwise.
  var isDifferent: String {
    let byValue = columns.compactMap(valueDifference)
    let others = columns.filter { valueDifference($0) == nil }
    return "(\((byValue + (others.isEmpty ? [] : [imageDifference(others)])).joined(separator: " OR ")))"
  }

  /// Whether one column of a published row `t` differs from that of its staged row `s`.
  func isDifferent(_ name: String) -> String { valueDifference(name) ?? imageDifference([name]) }

  private func valueDifference(_ name: String) -> String? {
    let column = SQLQuote.identifier(name)
    return types[name].flatMap(ValueImage.init).map { image in
      "t.\(column) IS DISTINCT FROM s.\(column)" + (image == .bytesOfText ? " COLLATE \"C\"" : "")
    }
  }

  private func imageDifference(_ names: [String]) -> String {
    "\(rowImage("t", names)) *<> \(rowImage("s", names))"
  }

  private func rowImage(_ alias: String, _ names: [String]) -> String {
    "ROW(\(names.map { "\(alias).\(SQLQuote.identifier($0))" }.joined(separator: ", ")))::record"
  }

  /// A quoted name that can stand beside the report's own columns.
  func ownName(_ name: String) -> String {
    SQLQuote.identifier(Self.free(name, among: Set(columns)))
  }

  /// The name, or the next longer one that is not among those.
  static func free(_ name: String, among names: Set<String>) -> String {
    var free = name
    while names.contains(free) { free += "_" }
    return free
  }

  private var deletable: String { ownName("is_deletable") }

  /// Columns of either side that one join can carry besides the rows' places: the server's limit is 1,664 for both.
  private static let columnsOfJoin = 800

  private var keyedPairs: String {
    let isWide = columns.count > Self.columnsOfJoin
    let image = ownName("image")
    return """
      SELECT t.ctid AS old_id, s.ctid AS new_id, coalesce(t.\(deletable), false) AS is_deletable,
        CASE WHEN t.ctid IS NOT NULL AND s.ctid IS NOT NULL
          THEN \(isWide ? "t.\(image) *<> s.\(image)" : isDifferent) ELSE false END AS is_changed
      FROM (SELECT t.ctid, \(deleteScope ?? "false") AS \(deletable), \(isWide ? keyAndImage("t", image) : list("t."))
        FROM \(target.quoted) t\(whereScope)) t
      FULL JOIN (SELECT s.ctid, \(isWide ? keyAndImage("s", image) : list("s.")) FROM \(staging.quoted) s) s ON \(pairing)
      """
  }

  /// The whole row in one column of the join.
  private func keyAndImage(_ alias: String, _ image: String) -> String {
    (key.map { "\(alias).\(SQLQuote.identifier($0))" } + ["\(rowImage(alias, columns)) AS \(image)"])
      .joined(separator: ", ")
  }

  private var delete: String {
    "DELETE FROM \(target.quoted) t WHERE \(deleteScope ?? "false")\(andScope)"
      + " AND NOT EXISTS (SELECT FROM \(staging.quoted) s WHERE \(pairing))"
  }

  private var update: String {
    let assignments = columns.map { "\(SQLQuote.identifier($0)) = s.\(SQLQuote.identifier($0))" }
    return "UPDATE \(target.quoted) t SET \(assignments.joined(separator: ", ")) FROM \(staging.quoted) s"
      + " WHERE \(pairing) AND \(isDifferent)\(andScope)"
  }

  private var insert: String {
    "\(insertAll) WHERE NOT EXISTS (SELECT FROM \(target.quoted) t WHERE \(pairing)\(andScope))"
  }

  // MARK: Without a key

  func image(_ alias: String) -> String { "ROW(\(list(alias + ".")))::text" }

  private var occurrencesOfTarget: String {
    "SELECT t.ctid AS id, \(image("t")) AS image, row_number() OVER (PARTITION BY \(image("t"))) AS occurrence,"
      + " \(deleteScope ?? "false") AS is_deletable FROM \(target.quoted) t\(whereScope)"
  }

  private var occurrencesOfStaging: String {
    "SELECT s.ctid AS id, \(image("s")) AS image, row_number() OVER (PARTITION BY \(image("s"))) AS occurrence"
      + " FROM \(staging.quoted) s"
  }

  var unkeyedPairs: String {
    """
    SELECT t.id AS old_id, s.id AS new_id, coalesce(t.is_deletable, false) AS is_deletable, false AS is_changed
    FROM (\(occurrencesOfTarget)) t
    FULL JOIN (\(occurrencesOfStaging)) s ON t.image = s.image AND t.occurrence = s.occurrence
    """
  }

  /// Its rows are still paired when `unkeyedInsert` runs: what stays has a partner, what was added has none.
  private var unkeyedDelete: String {
    "DELETE FROM \(target.quoted) x USING (\(unkeyedPairs)) d"
      + " WHERE x.ctid = d.old_id AND d.new_id IS NULL AND d.is_deletable"
  }

  private var unkeyedInsert: String {
    "INSERT INTO \(target.quoted) (\(list(""))) SELECT \(list("n.")) FROM \(staging.quoted) n"
      + " JOIN (\(unkeyedPairs)) d ON n.ctid = d.new_id WHERE d.old_id IS NULL"
  }

  var whereScope: String { scope.map { " WHERE \($0)" } ?? "" }
  var andScope: String { scope.map { " AND \($0)" } ?? "" }

  func list(_ prefix: String) -> String {
    columns.map { prefix + SQLQuote.identifier($0) }.joined(separator: ", ")
  }
}

extension PublishStatements {
  /// Which published rows the report's rows replace.
  init(
    report: Report, target: QualifiedName, staging: QualifiedName, columns: [ColumnShape], portion: Portion,
    intervals: [Interval], timezone: String
  ) {
    let materialization = report.materialization
    let inIntervals = ReportQuery.condition(report: report, intervals: intervals, timezone: timezone)
    // Rows without a time belong to no interval: only a full refresh deletes them.
    let outsideOfKept = ReportQuery.condition(report: report, intervals: portion.keeping, timezone: timezone)
      .map {
        "(\($0)) IS NOT TRUE"
      }
    let notNull = report.checks.flatMap { check -> [String] in
      guard case .notNull(let columns) = check.rule, check.severity == .error else { return [] }
      return columns
    }
    self.init(
      target: target, staging: staging, columns: columns.map(\.name), key: materialization.uniqueKey,
      notNullKey: Set(
        notNull + (materialization.kind == .incremental ? [materialization.timeColumn ?? ""] : [])),
      scope: portion.replacesAll ? outsideOfKept : materialization.kind == .merge ? nil : inIntervals,
      deleteScope: Self.deleteScope(
        materialization, all: portion.replacesAll ? outsideOfKept ?? "true" : nil, inIntervals: inIntervals))
    types = Dictionary(columns.map { ($0.name, $0.type) }) { first, _ in first }
  }

  private static func deleteScope(
    _ materialization: Materialization, all: String?, inIntervals: String?
  ) -> String? {
    if materialization.kind == .merge { return materialization.deletesInterval ? inIntervals : nil }
    return all ?? inIntervals
  }
}

/// A difference as `PublishStatements.difference` counts it.
struct RowDifference: Hashable, Sendable {
  var paired: Int
  var removed: Int
  var kept: Int
  var added: Int
  var changed: Int
  /// Published rows in scope.
  var published: Int
  /// Those of them that deletes may take away: the interval's own for a merge.
  var deletable: Int

  /// More pairs than published rows with a partner: some key was staged twice.
  var hasDuplicateKeys: Bool { paired + removed + kept > published }

  /// Whether the publish would delete more than a fifth, and more than 100, of the published rows in scope: that is
  /// usually a mistake in the source.
  func shrinksTooMuch(isKeyed: Bool) -> Bool {
    let lost = isKeyed ? removed : removed - added
    return lost > 100 && lost * 5 > deletable
  }
}
