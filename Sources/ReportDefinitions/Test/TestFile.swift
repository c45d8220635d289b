import ReportModel

/// A test file and the report that it belongs to.
struct TestFile {
  static let suffix = ".test.yaml"

  /// Relative to the project's folder.
  var path: String
  var reportName: String
  /// Nil when the report's own files have errors: then the test file's keys alone are looked at.
  var report: Report?
}

extension ProjectLoader {
  /// Reads every test file under `reports/`, several at once.
  ///
  /// - Parameter reports: those without errors, as `loadReports` gave them.
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
          file: printable(file.path))
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

extension DefinitionSearch {
  /// The test files that stand beside their reports, and what is wrong with the others.
  fileprivate func testFiles(of reports: [Report]) -> (files: [TestFile], strays: [Diagnostic]) {
    let homes = Dictionary(
      found.map { ($0.name, String($0.sqlFile.dropLast(4)) + TestFile.suffix) },
      uniquingKeysWith: { first, _ in first })
    let reports = Dictionary(reports.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var files: [TestFile] = []
    var strays: [Diagnostic] = []
    for path in testFiles {
      let name = String((path.split(separator: "/").last ?? "").dropLast(TestFile.suffix.count))
      if let home = homes[name] {
        if home == path {
          files.append(TestFile(path: path, reportName: name, report: reports[name]))
        } else {
          strays.append(stray(path, "test file is not beside its report", "Move it to \(home)."))
        }
      } else if !hasFiles(of: name) {
        let hint = Suggestion.nearest(to: name, among: homes.keys.sorted()).map {
          "Did you mean \"\($0)\"? The tests of a report are in \(homes[$0] ?? "")."
        }
        strays.append(
          stray(
            path, "there is no report \"\(excerpt(name))\" to test",
            hint ?? "NAME.test.yaml stands beside the report's NAME.sql and NAME.yaml."))
      }
    }
    return (files, strays)
  }

  private func stray(_ path: String, _ message: String, _ hint: String) -> Diagnostic {
    Diagnostic(.error, message, hint: hint, file: printable(path))
  }
}
