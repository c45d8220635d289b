import ReportModel

/// What a metadata file says, as far as it could be read, with the places that later findings need.
struct Metadata {
  /// How old the rows may be.
  enum Expectation: Equatable {
    case asProject, never
    case withinSeconds(Int)
  }

  var title = ""
  var description: String?
  var owner: String?
  var tags: [String] = []
  var parameters: [Parameter] = []
  /// Nil when it could not be read.
  var period: Period? = Period.none
  var start: CalendarDate?
  /// `catch_up`; nil where the file does not say.
  var catchesUp: Bool?
  var expectation = Expectation.asProject
  var allowsForeign = false
  /// Nil when `materialize.as` could not be read.
  var materialization: Materialization?
  var syntax = QuerySyntax.parser
  var columns: [Column] = []
  var checks: [Check] = []
  var export = ExportSettings()
  var locale: String?
  var superset = SupersetSettings()

  var columnUses: [ColumnUse] = []
  var parameterPlaces: [String: SourcePlace] = [:]
  var tablePlace: SourcePlace?
  /// Canonical texts of the declared types, by column.
  var canonicalTypes: [String: String] = [:]
  /// The tables that checks read.
  var checkReads: Set<QualifiedName> = []
  var primaryCheckReads: Set<QualifiedName> = []
  var sourceReads: Set<QualifiedName> = []
  /// The names that the SQL of checks uses.
  var checkMentions = SQLMentions()
  /// The names of parameters and bounds that the SQL of checks uses.
  var checkReferences: Set<String> = []
}
