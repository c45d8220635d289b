/// What staged rows must satisfy before they are published.
package struct Check: Hashable, Sendable {
  /// `severity` in the metadata: a failed `error` stops the publish, a failed `warn` is only reported.
  package enum Severity: String, Hashable, Sendable, Codable, CaseIterable {
    case error, warn
  }

  /// What is checked; each case is one key of an item of `checks`.
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
    /// is read in the same snapshot as the report's rows.
    case reconcile(staging: QueryText, source: QueryText)
  }

  package var rule: Rule
  /// `error` where the metadata has no `severity`.
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

  /// The columns that the rule names; empty for rules about whole rows.
  package var columns: [String] {
    switch self {
    case .notNull(let columns), .unique(let columns): columns
    case .range(let column, _, _), .acceptedValues(let column, _), .relationships(let column, _, _): [column]
    case .rows, .sql, .reconcile: []
    }
  }

  /// As people read it, and as the ledger names it: `not_null: purchase_date, total_quantity`.
  package var text: String {
    switch self {
    case .notNull(let columns), .unique(let columns): "\(name): \(columns.joined(separator: ", "))"
    case .range(let column, let min, let max): "\(name): \(Self.bounds(column, min, max))"
    case .acceptedValues(let column, let values): "\(name): \(column) in \(values.joined(separator: ", "))"
    case .rows(let min, let max): Self.bounds(name, min.map(String.init), max.map(String.init))
    case .relationships(let column, let to, let field): "\(name): \(column) in \(to).\(field)"
    case .sql(let query): "\(name): \(query.text)"
    case .reconcile(let staging, let source): "\(name): \(staging.text)\n= \(source.text)"
    }
  }

  private static func bounds(_ name: String, _ min: String?, _ max: String?) -> String {
    [min, name, max].compactMap(\.self).joined(separator: " ≤ ")
  }
}
