import ReportModel

/// Reads the two files of one report; runs on a `DeepStack` thread.
struct ReportReader {
  let files: DefinitionFiles
  /// Gives a file of the project by its path.
  let source: @Sendable (String) -> Result<SourceFile, Diagnostic>
  let types: TypeCache
  /// For reports that say nothing themselves.
  let expectWithinSeconds: Int?
  /// The project's.
  let timezone: String
  /// The project's, too.
  let searchPath: [String]

  func read() -> ReadReport {
    var sqlFindings = Findings(file: files.sqlFile)
    let (root, metadataReader, yamlDiagnostics) = readMetadata()
    var metadataFindings = metadataReader?.findings ?? Findings(file: files.metadataFile)
    let metadata = metadataReader?.metadata
    var diagnostics = yamlDiagnostics
    let analysis = readSQL(metadata?.syntax ?? .parser, &sqlFindings, &diagnostics)
    if let analysis, let metadata {
      let rules = DefinitionRules(files: files, root: root, metadata: metadata, analysis: analysis)
      rules.check(&sqlFindings, &metadataFindings)
    }
    diagnostics += sqlFindings.all + metadataFindings.all
    var result = ReadReport(diagnostics: diagnostics, tablePlace: metadata?.tablePlace)
    for read in analysis?.reads ?? [] { result.readPlaces[read.name] = read.place }
    result.namedPairs = analysis?.namedPairs ?? []
    if let analysis, let metadata, !diagnostics.contains(where: { $0.severity == .error }) {
      result.report = makeReport(metadata, analysis)
    }
    return result
  }

  private func readMetadata() -> (YAMLNode?, MetadataReader?, [Diagnostic]) {
    switch source(files.metadataFile) {
    case .failure(let diagnostic):
      return (nil, nil, [diagnostic])
    case .success(let file):
      var yaml = YAMLReader(file.text, file: files.metadataFile)
      guard let root = yaml.read() else {
        let empty = Diagnostic(
          .error, "the file is empty", hint: "Write at least \"title\" and \"materialize\".",
          file: files.metadataFile)
        return (nil, nil, yaml.isEmpty ? [empty] : yaml.findings.all)
      }
      var reader = MetadataReader(root, text: file.text, file: files.metadataFile, types: types)
      reader.read()
      if root.entries == nil { return (nil, nil, yaml.findings.all + reader.findings.all) }
      return (root, reader, yaml.findings.all)
    }
  }

  private func readSQL(
    _ syntax: QuerySyntax, _ findings: inout Findings, _ diagnostics: inout [Diagnostic]
  ) -> QueryAnalysis? {
    switch source(files.sqlFile) {
    case .failure(let diagnostic):
      diagnostics.append(diagnostic)
      return nil
    case .success(let file):
      var analyzer = QueryAnalyzer(SQLText(file: file), file: files.sqlFile, syntax: syntax)
      defer { findings = analyzer.findings }
      return analyzer.analyze()
    }
  }

  /// A view is as fresh as the tables it reads.
  private func expected(_ metadata: Metadata, _ materialization: Materialization) -> Int? {
    switch metadata.expectation {
    case .withinSeconds(let seconds): seconds
    case .never: nil
    case .asProject: materialization.kind == .view ? nil : expectWithinSeconds
    }
  }

  private func catchUp(_ metadata: Metadata, _ analysis: QueryAnalysis) -> CatchUp {
    guard metadata.period != Period.none, let kind = metadata.materialization?.kind else { return .all }
    let hasBounds = analysis.query.references.contains { ["start", "end"].contains($0.name) }
    // What is added or written for an interval stays; the other materializations replace it.
    let recordsState = !hasBounds && (kind == .append || kind == .none)
    return metadata.catchesUp ?? !recordsState ? .all : hasBounds ? .newest : .state
  }

  private func makeReport(_ metadata: Metadata, _ analysis: QueryAnalysis) -> Report? {
    guard let materialization = metadata.materialization, let period = metadata.period else { return nil }
    var report = Report(
      name: files.name, title: metadata.title, description: metadata.description, owner: metadata.owner,
      tags: metadata.tags, parameters: metadata.parameters, period: period, start: metadata.start,
      expectWithinSeconds: expected(metadata, materialization),
      materialization: materialization, columns: metadata.columns, checks: metadata.checks,
      export: metadata.export, superset: metadata.superset, query: analysis.query, syntax: metadata.syntax,
      reads: analysis.reads.map(\.name).sorted(),
      checkReads: metadata.checkReads.sorted(), allowsForeign: metadata.allowsForeign,
      outputColumns: analysis.outputColumns,
      sqlFile: files.sqlFile, metadataFile: files.metadataFile)
    report.timezone = timezone
    report.searchPath = searchPath
    report.locale = metadata.locale
    report.mentions = analysis.mentions
    report.checkMentions = metadata.checkMentions
    report.primaryCheckReads = metadata.primaryCheckReads.sorted()
    report.sourceReads = metadata.sourceReads.sorted()
    report.catchUp = catchUp(metadata, analysis)
    report.fingerprint = Fingerprint.of(
      DefinitionKeys(report), tree: analysis.canonicalTree, types: metadata.canonicalTypes)
    return report
  }
}
