import ReportModel

/// Compares the `:name` places of a SQL text with what the metadata declares.
struct ParameterRules {
  let metadata: Metadata
  let metadataFile: String

  /// The bounds of the interval.
  static let bounds: Set<String> = ["start", "end"]

  /// - Parameter references: without `:staging`, which the parser's rules judge.
  func check(
    _ references: [QueryText.Reference], place: (Int) -> SourcePlace, _ findings: inout Findings
  ) {
    var judged = Set<String>()
    for reference in references where judged.insert(reference.name).inserted {
      let offset = reference.utf8Range.lowerBound
      if Self.bounds.contains(reference.name) {
        checkBound(reference.name, { place(offset) }, &findings)
      } else if metadata.parameterPlaces[reference.name] == nil {
        refuseUnknown(reference.name, { place(offset) }, &findings)
      }
    }
  }

  private func checkBound(_ name: String, _ place: () -> SourcePlace, _ findings: inout Findings) {
    if metadata.materialization?.kind == .view {
      findings.add(
        .error, "a view cannot use \":\(name)\"",
        hint: "A view has no intervals; read the summary tables whole.",
        at: place())
    } else if metadata.period == Period.none, !needsPeriod {
      findings.add(
        .error, "\":\(name)\" is used but the report has no period",
        hint: "Add \"period: day\" and \"start\" in \(metadataFile).", at: place())
    }
  }

  /// The missing period is reported by itself then.
  private var needsPeriod: Bool {
    metadata.materialization?.kind == .incremental || metadata.materialization?.kind == .append
  }

  private func refuseUnknown(_ name: String, _ place: () -> SourcePlace, _ findings: inout Findings) {
    let add = "dd \"\(name)\" under \"parameters\" in \(metadataFile)."
    let near = Suggestion.hint(
      for: name, among: metadata.parameterPlaces.keys.sorted() + Self.bounds.sorted())
    findings.add(
      .error, "parameter \"\(name)\" is used but not declared",
      hint: near.map { "\($0) Otherwise a\(add)" } ?? "A\(add)",
      at: place())
  }

  func checkUnused(_ used: Set<String>, sqlFile: String, _ findings: inout Findings) {
    for (name, place) in metadata.parameterPlaces.sorted(by: { $0.value < $1.value })
    where !used.contains(name) {
      guard Shape.Format.parameterName.isValid(name) else { continue }
      findings.add(
        .error, "parameter \"\(name)\" is declared but not used",
        hint: Suggestion.hint(for: name, among: used.subtracting(metadata.parameterPlaces.keys).sorted())
          ?? "Use \":\(name)\" in \(sqlFile), or remove it here.",
        at: place)
    }
  }
}
