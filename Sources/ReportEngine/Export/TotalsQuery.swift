import ReportModel

/// The statements that read the sums at the top of a page. Pure text.
struct TotalsQuery: Hashable, Sendable {
  /// Groups that have a history; a page shows no more of them as cards.
  static let maxCards = 5
  /// Groups that are read at all.
  static let maxGroups = 100
  /// Intervals of a history, the page's own as the last one.
  static let historyLength = 30

  let totals: HTMLSettings.Totals
  /// Quoted.
  let relation: String
  /// ` WHERE …` of the page's own rows, or empty.
  let condition: String

  private var by: [String] { totals.by.map { "t." + SQLQuote.identifier($0) } }
  private var sums: [String] { totals.sum.map { "sum(t.\(SQLQuote.identifier($0)))" } }

  private var grouped: String {
    by.isEmpty
      ? ""
      : " GROUP BY \(by.joined(separator: ", ")) ORDER BY \(sums[0]) DESC NULLS LAST, \(by.joined(separator: ", "))"
  }

  /// The columns of `by`, the sums, and the number of all groups; the group with the greatest first sum comes first.
  var groups: String {
    let list = (by + sums + ["count(*) OVER ()"]).joined(separator: ", ")
    return "SELECT \(list) FROM \(relation) t\(condition)\(grouped) LIMIT \(Self.maxGroups)"
  }

  /// The first day of an interval, the columns of `by` and the sums, for the groups that have cards.
  ///
  /// - Parameters:
  ///   - day: SQL for the first day of a row's interval.
  ///   - condition: ` WHERE …` of the intervals.
  func history(day: String, condition history: String) -> String {
    let keys = by.indices.map { "k\($0)" }
    let named = zip(by, keys).map { "\($0) AS \($1)" }
    let values = sums.enumerated().map { "\($1) AS s\($0)" }
    let past =
      "SELECT \((["\(day) AS day"] + named + values).joined(separator: ", ")) FROM \(relation) t\(history) "
      // By position: a name would be that of a column of the relation.
      + "GROUP BY \((1...keys.count + 1).map { "\($0)" }.joined(separator: ", "))"
    guard !by.isEmpty else { return past }
    let top =
      "SELECT \(named.joined(separator: ", ")) FROM \(relation) t\(condition)\(grouped) LIMIT \(Self.maxCards)"
    let same = keys.map { "past.\($0) IS NOT DISTINCT FROM top.\($0)" }.joined(separator: " AND ")
    return "WITH top AS (\(top)), past AS (\(past)) SELECT past.* FROM past JOIN top ON \(same)"
  }
}
