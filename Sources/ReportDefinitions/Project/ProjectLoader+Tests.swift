import ReportModel

extension ProjectLoader {
  /// Reads every test file under `reports/`, several at once.
  ///
  /// - Parameter reports: the value of `loadReports`: those without errors.
  /// - Returns: the files without errors, sorted by the report's name.
  package func loadTests(_ reports: [Report]) -> Loaded<[ReportTests]> {
    var search = DefinitionSearch(directory: directory)
    search.run()
    let (files, strays) = search.testFiles(of: reports)
    let directory = directory
    let tables = Dictionary(
      reports.compactMap { report in report.materialization.table.map { ($0, report) } },
      uniquingKeysWith: { first, _ in first })
    do throws(Diagnostic) {
      let read = try DeepStack.map(files) { Self.read($0, in: directory, tables) }
      return Loaded(
        value: read.compactMap(\.tests).sorted { $0.report < $1.report },
        diagnostics: strays + read.flatMap(\.diagnostics))
    } catch {
      return Loaded(value: [], diagnostics: [error])
    }
  }

  private static func read(
    _ file: TestFile, in directory: String, _ tables: [QualifiedName: Report]
  ) -> (tests: ReportTests?, diagnostics: [Diagnostic]) {
    switch SourceFile.read(file.path, in: directory) {
    case .failure(let diagnostic): return (nil, [diagnostic])
    case .success(let source):
      var yaml = YAMLReader(source.text, file: file.path)
      guard let root = yaml.read() else {
        let empty = Diagnostic(
          .error, "the file is empty", hint: "Write at least one test, under \"tests\".",
          file: file.path.visible())
        return (nil, yaml.isEmpty ? [empty] : yaml.findings.all)
      }
      let rules = file.report.map { TestRules(report: $0, tables: tables) }
      var reader = TestReader(root, text: source.text, file: file.path, rules: rules)
      reader.read()
      let hasErrors = yaml.findings.hasErrors || reader.findings.hasErrors || file.report == nil
      return (
        hasErrors ? nil : ReportTests(report: file.reportName, file: file.path, tests: reader.tests),
        yaml.findings.all + reader.findings.all
      )
    }
  }
}
