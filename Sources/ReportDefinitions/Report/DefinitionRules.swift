import ReportModel

/// Compares the SQL of a report with its metadata: parameters, bounds, columns.
struct DefinitionRules {
  let files: DefinitionFiles
  let root: YAMLNode?
  let metadata: Metadata
  let analysis: QueryAnalysis

  func check(_ sql: inout Findings, _ yaml: inout Findings) {
    checkParameters(&sql, &yaml)
    checkBounds(&sql)
    checkColumns(&yaml)
  }

  private func checkParameters(_ sql: inout Findings, _ yaml: inout Findings) {
    let rules = ParameterRules(metadata: metadata, metadataFile: files.metadataFile)
    let references = analysis.query.references.filter { $0.name != "staging" }
    let text = analysis.query.text
    rules.check(references, place: { SourcePlace(utf8Offset: $0, in: text) }, &sql)
    if metadata.materialization?.kind != .view {
      rules.checkUnused(
        metadata.checkReferences.union(references.map(\.name)), sqlFile: files.sqlFile, &yaml)
    }
  }

  /// Warns of a missing bound: the query would also give rows of other intervals.
  private func checkBounds(_ sql: inout Findings) {
    guard let kind = metadata.materialization?.kind, kind == .incremental || kind == .append,
      metadata.period != Period.none
    else { return }
    let used = Set(analysis.query.references.map(\.name))
    if kind == .append, used.isDisjoint(with: ["start", "end"]) { return checkState(&sql) }
    // The state at the time of the run can be recorded under its interval's first day.
    if kind == .append, metadata.catchesUp == false { return }
    let state =
      kind == .append ? ", or say \"catch_up: none\" if it gives the state at the time of the run" : ""
    for bound in ["start", "end"] where !used.contains(bound) {
      sql.add(
        .warning, "\":\(bound)\" is not used",
        hint: "\"\(kind.rawValue)\" runs for one interval at a time; filter by :start and :end\(state).",
        at: nil)
    }
  }

  /// Rows of the state at the time of a run are wanted, or the bounds were forgotten.
  private func checkState(_ sql: inout Findings) {
    guard metadata.catchesUp != false else { return }
    sql.add(
      .warning, "neither \":start\" nor \":end\" is used",
      hint: metadata.catchesUp == true
        ? "Missed intervals are filled with the state at the time of the run; filter by :start and :end, or use"
          + " \"catch_up: none\"."
        : "Each run records the state of that time for its newest interval, and missed intervals stay missing;"
          + " filter by :start and :end, or say so with \"catch_up: none\".", at: nil)
  }

  private func checkColumns(_ yaml: inout Findings) {
    guard let columns = analysis.outputColumns else { return }
    let known = Set(columns)
    for use in metadata.columnUses where !known.contains(use.name) {
      yaml.add(
        .error, "column \"\(excerpt(use.name))\" is not in the query's output",
        hint: Suggestion.hint(for: use.name, among: columns) ?? "Its columns are \(quotedList(columns)).",
        at: use.place)
    }
  }
}
