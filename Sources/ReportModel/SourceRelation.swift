/// A table or view that a new report can read, as the catalogs of the server describe it.
package struct SourceRelation: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// Also a partitioned one.
    case table
    case view, materializedView, foreignTable
  }

  package struct Column: Hashable, Sendable {
    /// As PostgreSQL stores it.
    package var name: String
    /// As `format_type` writes it: `numeric(10,2)`; of a domain the base type.
    package var type: String
    /// The type belongs to PostgreSQL itself.
    package var isBuiltIn: Bool
    package var comment: String?
    /// NOT NULL, or of a primary key.
    package var isRequired = false
    /// Of a foreign key.
    package var isReference = false
    /// The first column of an index, or of the partition key.
    package var leadsIndex = false
    package var isPartitionKey = false
    /// By the statistics of the last ANALYZE; nil without them.
    package var hasNulls: Bool?
    /// By the statistics no value of a number was negative.
    package var isNeverNegative = false

    package init(name: String, type: String, isBuiltIn: Bool = true, comment: String? = nil) {
      self.name = name
      self.type = type
      self.isBuiltIn = isBuiltIn
      self.comment = comment
    }
  }

  /// A column that no report can have, and why.
  package struct Omitted: Hashable, Sendable {
    package var name: String
    /// A clause: `permission denied`.
    package var reason: String

    package init(name: String, reason: String) {
      self.name = name
      self.reason = reason
    }
  }

  /// A CHECK constraint of nothing but columns of the relation and objects of PostgreSQL itself.
  package struct Condition: Hashable, Sendable {
    package var name: String
    /// As `pg_get_expr` writes it; true or null for every row.
    package var expression: String
    package var columns: [String]

    package init(name: String, expression: String, columns: [String]) {
      self.name = name
      self.expression = expression
      self.columns = columns
    }
  }

  package var name: QualifiedName
  package var kind: Kind
  package var comment: String?
  /// In the relation's order, without those that are omitted.
  package var columns: [Column]
  package var omitted: [Omitted] = []
  /// Of the primary key, or else of a unique index without nulls; of a materialized view, of any unique index. Empty
  /// without one, and when one of them is omitted.
  package var key: [String] = []
  package var conditions: [Condition] = []

  package init(name: QualifiedName, kind: Kind, comment: String? = nil, columns: [Column]) {
    self.name = name
    self.kind = kind
    self.comment = comment
    self.columns = columns
  }
}

/// The rows of a relation, counted or estimated.
package struct SourceExtent: Hashable, Sendable {
  /// Nil when nobody knows.
  package var rows: Int?
  /// The days of the first and the last value of the time column; nil without one, and when it took too long.
  package var first: CalendarDate?
  package var last: CalendarDate?

  package init(rows: Int? = nil, first: CalendarDate? = nil, last: CalendarDate? = nil) {
    self.rows = rows
    self.first = first
    self.last = last
  }
}

/// What a materialized view has besides its rows.
package struct MaterializedViewFacts: Hashable, Sendable {
  /// Its SELECT, with names that carry their schemas, without a semicolon.
  package var definition: String
  /// Plain indexes besides that of the key.
  package var indexes: [[String]] = []
  package var grants: [Materialization.Grant] = []
  /// What the keys of a definition cannot say, a statement or a clause each.
  package var lost: [String] = []

  package init(definition: String) { self.definition = definition }
}
