import ReportModel

extension Report {
  /// Whether a run exports anything of it.
  package var hasFiles: Bool { export.csv != nil || export.html != nil }

  /// Its files show the relation as it is now, not one interval.
  package var showsWholeRelation: Bool { [.table, .merge, .view].contains(materialization.kind) }
}
