import ReportDefinitions
import ReportModel
import Testing

@Suite struct DiagnosticTests {
  @Test(
    "every mistake in a definition is reported with its place and a hint",
    arguments: [
      "sql.txt", "parameters.txt", "metadata.txt", "combinations.txt", "files.txt", "tests.txt",
      "superset.txt",
    ])
  func mistakes(_ file: String) throws {
    var golden = try GoldenCases(file)
    try golden.check { item in
      var files = ["reports/sales.sql": Sample.sql, "reports/sales.yaml": Sample.yaml]
      for file in item.files { files["reports/" + file.name] = unescaped(file.text) }
      return try TestProject(files).lint()
    }
  }

  @Test("every mistake in reportgen.yaml is reported with its place and a hint")
  func projectMistakes() throws {
    var golden = try GoldenCases("project.txt")
    try golden.check { item in
      let project = try TestProject(
        Dictionary(uniqueKeysWithValues: item.files.map { ($0.name, unescaped($0.text)) }))
      return text(project.loadProject().diagnostics)
    }
  }
}

/// `␀`, `␉`, `␍` and `␛` stand for what a text file would not show.
private func unescaped(_ text: String) -> String {
  text.replacing("␀", with: "\0").replacing("␉", with: "\t").replacing("␍", with: "\r")
    .replacing("␛", with: "\u{1B}").replacing("␢", with: "\u{FEFF}")
}
