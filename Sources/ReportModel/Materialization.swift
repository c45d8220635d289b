/// How a report's rows get into its summary table: the key `materialize`.
package struct Materialization: Hashable, Sendable {
  /// `materialize.as`.
  package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// The whole relation is computed and replaces what was there.
    case table
    /// The interval's rows are replaced.
    case incremental
    /// Rows with a known key are changed, new ones added, others stay.
    case merge
    /// Rows are added; a published interval is never run again.
    case append
    /// `create or replace view` over summary tables.
    case view
    /// Files only.
    case none

    /// Whether every row of the table can be computed from the source again.
    package var canRebuild: Bool { self == .table || self == .incremental }
  }

  /// `on_schema_change`: what a run does when the query's columns differ from those of the summary table.
  package enum SchemaChange: String, Hashable, Sendable, Codable, CaseIterable {
    /// The report fails.
    case fail
    /// New columns are added, null in the rows that are there.
    case add
    /// Columns are added, dropped and retyped, and all rows are computed again.
    case rebuild
  }

  /// `on_change`: what a run does with published intervals whose fingerprint is not the definition's.
  package enum DefinitionChange: String, Hashable, Sendable, Codable, CaseIterable {
    /// They stay as they are, and every run warns of them.
    case keep
    /// They are computed and published again.
    case restate
  }

  /// A privilege on the summary table that publishing gives to a role.
  package struct Grant: Hashable, Sendable {
    /// The keys of `materialize.grants`.
    package enum Privilege: String, Hashable, Sendable, CaseIterable {
      case select, insert, update, delete
    }

    package var privilege: Privilege
    /// The role's name as PostgreSQL stores it, not quoted.
    package var role: String

    package init(privilege: Privilege, role: String) {
      self.privilege = privilege
      self.role = role
    }
  }

  package var kind: Kind
  /// The summary table or view; nil for `none` alone.
  package var table: QualifiedName?
  /// The column by which a row belongs to an interval; nil where the metadata has none.
  package var timeColumn: String?
  /// Nulls in it are one value.
  package var uniqueKey: [String]
  /// How many published intervals every run computes again, for late rows; 0 by default.
  package var lookback: Int
  /// How many neighbouring intervals one read may compute at once, with `:start` of the first and `:end` of the last.
  /// 1 by default; more is right only when each row depends on its own interval alone.
  package var batch: Int
  /// `delete: interval`, for `merge` only: rows of the interval that the source no longer has are deleted.
  package var deletesInterval: Bool
  /// `fail` where the metadata has no `on_schema_change`.
  package var onSchemaChange: SchemaChange
  /// `keep` where the metadata has no `on_change`.
  package var onChange: DefinitionChange
  /// Older intervals expire: their rows are deleted, and they do not count as missing; nil to keep all.
  package var retention: Retention?
  /// The columns of each index besides that of the key; empty for none.
  package var indexes: [[String]]
  /// In the order of the file; what is not named is neither granted nor revoked.
  package var grants: [Grant]

  package init(
    kind: Kind, table: QualifiedName? = nil, timeColumn: String? = nil, uniqueKey: [String] = [],
    lookback: Int = 0, batch: Int = 1, deletesInterval: Bool = false, onSchemaChange: SchemaChange = .fail,
    onChange: DefinitionChange = .keep, retention: Retention? = nil, indexes: [[String]] = [],
    grants: [Grant] = []
  ) {
    self.kind = kind
    self.table = table
    self.timeColumn = timeColumn
    self.uniqueKey = uniqueKey
    self.lookback = lookback
    self.batch = batch
    self.deletesInterval = deletesInterval
    self.onSchemaChange = onSchemaChange
    self.onChange = onChange
    self.retention = retention
    self.indexes = indexes
    self.grants = grants
  }
}
