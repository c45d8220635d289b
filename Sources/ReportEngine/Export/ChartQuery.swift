import ReportModel

/// The statement that reads the points of one chart. Pure text.
///
/// Rows that share x and series are added up. What a chart has no room for is added up by the server, so that the memory
/// needed does not depend on the number of series or names. Columns of the result:
/// - `x`, `series`: NULL in rows of others, too;
/// - `y`: the sum;
/// - `other_series`: how many series the row adds up, 0 for a series of its own;
/// - `other_x`: how many values of x the row adds up, 0 for a value of its own;
/// - `x_count`: how many values of x the chart has, also those beyond the limits below.
struct ChartQuery: Hashable, Sendable {
  /// More colours cannot be told apart.
  static let maxSeries = 8
  /// Of times and numbers the last ones are read.
  static let maxPlaces = 2000
  /// Of names those with the greatest sums are read.
  static let maxNames = 500

  /// What x is, by the type of its column.
  enum Axis: Hashable, Sendable {
    case time, number, name
  }

  let chart: HTMLSettings.Chart
  /// Quoted.
  let relation: String
  /// ` WHERE …`, or empty.
  let condition: String
  /// ` ORDER BY …` of the report's rows, or empty for any order. The alias of the relation is `t`.
  let order: String
  let axis: Axis
  /// Whether `abs` takes a sum of y.
  let hasSizes: Bool

  var sql: String {
    let steps = [source, point] + series + names
    return "WITH " + steps.joined(separator: ", ") + " " + result
  }

  private var source: String {
    let series = chart.series.map { "t.\(SQLQuote.identifier($0))::text" } ?? "NULL::text"
    let isPlaced = axis == .name && chart.topCount == nil
    let place = isPlaced ? "row_number() OVER (\(order.dropFirst()))" : "0"
    return
      "source AS (SELECT t.\(SQLQuote.identifier(chart.x)) AS x, t.\(SQLQuote.identifier(chart.y)) AS y, "
      + "\(series) AS series, \(place) AS place FROM \(relation) t\(condition))"
  }

  private var point: String {
    "point AS (SELECT x, series, sum(y) AS y, min(place) AS place, 0::bigint AS other_series FROM source GROUP BY x, series)"
  }

  private var size: String { hasSizes ? "sum(abs(y))" : "count(*)" }

  /// Adds up the smallest series when there are too many.
  private var series: [String] {
    guard chart.series != nil else { return ["shown AS (SELECT * FROM point)"] }
    let kept = Self.maxSeries - 1
    return [
      "series_size AS (SELECT *, \(size) OVER (PARTITION BY series) AS size FROM point)",
      "series_rank AS (SELECT *, dense_rank() OVER (ORDER BY size DESC NULLS LAST, series) AS n FROM series_size)",
      "series_rest AS (SELECT x, series, y, place, CASE WHEN n > \(kept) AND max(n) OVER () > \(Self.maxSeries) "
        + "THEN max(n) OVER () - \(kept) ELSE 0 END AS rest FROM series_rank)",
      "shown AS (SELECT x, CASE WHEN rest = 0 THEN series END AS series, sum(y) AS y, min(place) AS place, "
        + "rest AS other_series FROM series_rest GROUP BY 1, 2, 5)",
    ]
  }

  private var isByPlace: Bool { axis != .name && chart.topCount == nil }

  private var names: [String] {
    if isByPlace {
      return ["ranked AS (SELECT *, dense_rank() OVER (ORDER BY x DESC) AS n FROM shown)"]
    }
    return [
      "sized AS (SELECT *, \(size) OVER (PARTITION BY x) AS size FROM shown)",
      "ranked AS (SELECT *, dense_rank() OVER (ORDER BY size DESC NULLS LAST, x) AS n FROM sized)",
    ]
  }

  private var result: String {
    let counted = "(SELECT *, max(n) OVER () AS x_count FROM ranked) c"
    if let count = chart.topCount {
      return
        "SELECT CASE WHEN rest = 0 THEN x END AS x, sum(y) AS y, series, other_series, rest AS other_x, x_count "
        + "FROM (SELECT *, CASE WHEN n > \(count) AND x_count > \(count + 1) THEN x_count - \(count) ELSE 0 END AS rest "
        + "FROM \(counted)) r GROUP BY 1, 3, 4, 5, 6 ORDER BY other_x, y DESC NULLS LAST, x"
    }
    let limit = isByPlace ? Self.maxPlaces : Self.maxNames
    return "SELECT x, y, series, other_series, 0 AS other_x, x_count FROM \(counted) WHERE n <= \(limit) "
      + "ORDER BY \(isByPlace ? "x" : "place"), other_series, series"
  }
}
