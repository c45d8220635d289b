/// How a report's rows become what Superset reads.
package struct Materialization: Hashable, Sendable {
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

    /// All rows can be computed again: none stays that the source no longer gives.
    package var canRebuild: Bool { self == .table || self == .incremental }
  }

  /// What becomes of the summary table when the query gives other columns than it has.
  package enum SchemaChange: String, Hashable, Sendable, Codable, CaseIterable {
    /// Nothing: that is an error.
    case fail
    /// New columns are added, null in the rows that are there.
    case add
    /// Columns are added, dropped and retyped, and all rows are computed again.
    case rebuild
  }

  /// What a run does with published intervals once the definition means something else.
  package enum DefinitionChange: String, Hashable, Sendable, Codable, CaseIterable {
    /// They stay as they are, and every run says so.
    case keep
    case restate
  }

  package struct Grant: Hashable, Sendable {
    package enum Privilege: String, Hashable, Sendable, CaseIterable {
      case select, insert, update, delete
    }

    package var privilege: Privilege
    package var role: String

    package init(privilege: Privilege, role: String) {
      self.privilege = privilege
      self.role = role
    }
  }

  package var kind: Kind
  /// The summary table or view; nil for `none` alone.
  package var table: QualifiedName?
  package var timeColumn: String?
  /// Nulls in it are one value.
  package var uniqueKey: [String]
  /// Published intervals computed again at every run, for late rows.
  package var lookback: Int
  /// How many neighbouring intervals one read may compute at once, with `:start` of the first and `:end` of the last.
  /// 1 unless the definition says that its rows depend on nothing but their own interval.
  package var batch: Int
  /// `merge` only: rows of the interval that the source no longer has are deleted.
  package var deletesInterval: Bool
  package var onSchemaChange: SchemaChange
  package var onChange: DefinitionChange
  /// Intervals before it are expired: never missing, their rows deleted; nil to keep all.
  package var retention: Retention?
  package var indexes: [[String]]
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
