import ReportLedger
import ReportModel

/// The staging table of a publish by difference, and the statements that apply its rows. Pure text.
///
/// A published row is found by its place and by the transaction that wrote it: together they name one version of one row,
/// which any change of the row ends. A row that is another one than in the snapshot is therefore not found, and the caller
/// sees it in the count.
struct ChangeStatements: Hashable, Sendable {
  let target: QualifiedName
  let staging: QualifiedName
  /// Every published column.
  let columns: [String]
  let kind: String
  let oldPlace: String
  let oldWriter: String
  let counts: String

  init(_ statements: PublishStatements, staging: QualifiedName) {
    target = statements.target
    self.staging = staging
    columns = statements.columns
    kind = statements.ownName("kind")
    oldPlace = statements.ownName("old_place")
    oldWriter = statements.ownName("old_writer")
    counts = statements.ownName("counts")
  }

  /// Of a row in the staging table, and of `ComparisonQuery`. Those of rows that are sent come before the digits, so that
  /// one comparison tells them from the others.
  enum Kind: String, CaseIterable, Sendable {
    case added = "+"
    case changed = "*"
    case removed = "-"
    /// Not staged.
    case equal = "="
    /// A published row that the report does not have and does not delete; not staged.
    case kept = "k"
    /// How many new rows of one interval there are, of each kind, and that break each check.
    case countsOfInterval = "i"
    /// How many published rows there are; one for each query.
    case countsOfTable = "t"

    var literal: String { "'\(rawValue)'" }

    static let isSent = "< '0'"
  }

  /// The columns before those of the report.
  static func ownColumns(_ columns: [ColumnShape]) -> [ColumnShape] {
    let names = Set(columns.map(\.name))
    func column(_ name: String, _ type: String) -> ColumnShape {
      ColumnShape(name: PublishStatements.free(name, among: names), type: type, category: "")
    }
    return [
      column("kind", "\"char\""), column("old_place", "tid"), column("old_writer", "xid"),
      column("counts", "bigint[]"),
    ]
  }

  /// In the order in which they run, each with the number of rows that it has to write; only those with something to do.
  func changes(removed: Int, changed: Int, added: Int) -> [(sql: String, rows: Int)] {
    [(delete, removed), (update, changed), (insert, added)].filter { $0.1 > 0 }
  }

  private var isOld: String { "t.ctid = d.\(oldPlace) AND t.xmin = d.\(oldWriter)" }

  private var delete: String {
    "DELETE FROM \(target.quoted) t USING \(staging.quoted) d"
      + " WHERE d.\(kind) = \(Kind.removed.literal) AND \(isOld)"
  }

  private var update: String {
    let assignments = columns.map { "\(SQLQuote.identifier($0)) = d.\(SQLQuote.identifier($0))" }
    return "UPDATE \(target.quoted) t SET \(assignments.joined(separator: ", ")) FROM \(staging.quoted) d"
      + " WHERE d.\(kind) = \(Kind.changed.literal) AND \(isOld)"
  }

  private var insert: String {
    let list = columns.map(SQLQuote.identifier)
    return "INSERT INTO \(target.quoted) (\(list.joined(separator: ", ")))"
      + " SELECT \(list.map { "d." + $0 }.joined(separator: ", ")) FROM \(staging.quoted) d"
      + " WHERE d.\(kind) = \(Kind.added.literal)"
  }

  /// A row for each interval: its bucket, new rows, rows that break each condition, then added, changed, removed, kept and
  /// equal rows.
  func countsOfIntervals(conditions: Int) -> String {
    let sums = (2...(7 + conditions)).map { "coalesce(sum(d.\(counts)[\($0)]), 0)::bigint" }
    return "SELECT d.\(counts)[1] AS bucket, \(sums.joined(separator: ", ")) FROM \(staging.quoted) d"
      + " WHERE d.\(kind) = \(Kind.countsOfInterval.literal) GROUP BY 1"
  }

  /// How many queries were answered, and their published rows and deletable ones.
  var countsOfTable: String {
    "SELECT count(*) AS queries, coalesce(sum(d.\(counts)[1]), 0)::bigint AS published,"
      + " coalesce(sum(coalesce(d.\(counts)[2], d.\(counts)[1])), 0)::bigint AS deletable FROM \(staging.quoted) d"
      + " WHERE d.\(kind) = \(Kind.countsOfTable.literal)"
  }
}
