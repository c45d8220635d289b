/// What staged rows must satisfy before they are published.
package struct Check: Hashable, Sendable {
  package enum Severity: String, Hashable, Sendable, Codable, CaseIterable {
    case error, warn
  }

  package enum Rule: Hashable, Sendable {
    case notNull(columns: [String])
    /// Nulls are one value, as in the key.
    case unique(columns: [String])
    /// Bounds as written, inclusive; the column's type reads them. Nulls pass.
    case range(column: String, min: String?, max: String?)
    /// Nulls pass.
    case acceptedValues(column: String, values: [String])
    /// Counted for each interval.
    case rows(min: Int?, max: Int?)
    /// Each value is one of `field` in the table or view `to`; nulls pass.
    case relationships(column: String, to: QualifiedName, field: String)
    /// A SELECT over `:staging` that returns the rows that are wrong.
    case sql(QueryText)
    /// Two SELECTs that must give the same rows, in any order: one over `:staging`, one over the source, which
    /// reads the very snapshot that the report's rows came from.
    case reconcile(staging: QueryText, source: QueryText)
  }

  package var rule: Rule
  package var severity: Severity
  /// Where the check stands in the metadata file.
  package var place: SourcePlace

  package init(rule: Rule, severity: Severity = .error, place: SourcePlace) {
    self.rule = rule
    self.severity = severity
    self.place = place
  }
}

extension Check.Rule {
  /// As in the metadata: `not_null`.
  package var name: String {
    switch self {
    case .notNull: "not_null"
    case .unique: "unique"
    case .range: "range"
    case .acceptedValues: "accepted_values"
    case .rows: "rows"
    case .relationships: "relationships"
    case .sql: "sql"
    case .reconcile: "reconcile"
    }
  }

  /// Those that it is about; none for rules about whole rows.
  package var columns: [String] {
    switch self {
    case .notNull(let columns), .unique(let columns): columns
    case .range(let column, _, _), .acceptedValues(let column, _), .relationships(let column, _, _): [column]
    case .rows, .sql, .reconcile: []
    }
  }
}
