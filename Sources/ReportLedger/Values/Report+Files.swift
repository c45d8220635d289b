import ReportModel

extension Report {
  /// Whether a run exports anything of it.
  package var hasFiles: Bool { hasRowFiles || export.html != nil }

  /// Whether a file holds every row, and can be written from the rows as they are read.
  package var hasRowFiles: Bool { export.csv != nil || export.xlsx != nil }

  /// Its files show the relation as it is now, not one interval.
  package var showsWholeRelation: Bool { [.table, .merge, .view].contains(materialization.kind) }
}
