import ReportModel

/// A column that a YAML file names; the query, or the dataset, has to have it.
struct ColumnUse {
  var name: String
  var place: SourcePlace
}
