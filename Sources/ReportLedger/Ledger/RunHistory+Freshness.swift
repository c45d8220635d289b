import PostgresClient
import ReportModel

/// How fresh a report's newest published interval is, by the ledger.
package struct PublishedFreshness: Hashable, Sendable {
  /// The newest published interval that was over when it was published; nil without a period, or when there is none.
  package var newest: Interval?
  /// Of that interval, in seconds since 1970; nil when nothing is published.
  package var asOf: Double?
  /// The primary's clock, in seconds since 1970.
  package var now: Double
}

extension RunHistory {
  /// The newest published interval of each named report; intervals that were published before their end do not count.
  package static func freshness(of reports: [String]) -> Question<[String: PublishedFreshness]> {
    Question(
      """
      SELECT n.report, CASE WHEN isfinite(i.interval_start) THEN i.interval_start END AS first,
        CASE WHEN isfinite(i.interval_end) THEN i.interval_end END AS last,
        extract(epoch FROM r.as_of_time) AS as_of, extract(epoch FROM clock_timestamp()) AS now
      FROM unnest($1::text[]) n(report)
      LEFT JOIN LATERAL (
        SELECT * FROM reportgen.interval i
        WHERE i.report = n.report AND i.state IN ('published', 'confirmed')
        ORDER BY i.interval_start DESC LIMIT 1) i ON true
      LEFT JOIN reportgen.report_run r ON r.attempt_id = i.attempt_id
      """, [postgresArray(reports)]
    ) { rows in
      var facts: [String: PublishedFreshness] = [:]
      for row in rows.decoded {
        facts[try row["report"]] = PublishedFreshness(
          newest: try row.interval("first", "last"), asOf: try row.optionalDouble("as_of"),
          now: try row.optionalDouble("now") ?? 0)
      }
      return facts
    }
  }
}
