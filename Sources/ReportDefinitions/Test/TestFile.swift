import ReportModel

/// A test file and the report that it belongs to.
struct TestFile {
  /// Relative to the project's folder.
  var path: String
  var reportName: String
  /// Nil when the report's own files have errors: only the keys of the test file are then checked.
  var report: Report?
}

extension DefinitionSearch {
  /// The test files that stand beside their reports, and what is wrong with the others.
  func testFiles(of reports: [Report]) -> (files: [TestFile], strays: [Diagnostic]) {
    let homes = Dictionary(
      found.map { ($0.name, String($0.sqlFile.dropLast(4)) + Self.testSuffix) },
      uniquingKeysWith: { first, _ in first })
    let reports = Dictionary(reports.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var files: [TestFile] = []
    var strays: [Diagnostic] = []
    for path in testFiles {
      let name = String((path.split(separator: "/").last ?? "").dropLast(Self.testSuffix.count))
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
    Diagnostic(.error, message, hint: hint, file: path.visible())
  }
}
