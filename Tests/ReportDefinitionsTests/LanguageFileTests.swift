import ReportDefinitions
import ReportModel
import Testing

@Suite struct LanguageFileTests {
  private func load(_ locale: String, _ file: String?, used: [String]? = nil) throws -> Loaded<Language> {
    let project = try TestProject(file.map { ["locales/\(locale).yaml": $0] } ?? [:])
    return ProjectLoader(directory: project.directory).loadLanguage(locale, used: used)
  }

  @Test("a file has translations, and the program's words under a key of their own")
  func words() throws {
    let loaded = try load(
      "pl",
      """
      Revenue: Przychód
      words:
        decimal: ","
        rows: Wiersze
        row_count: ["{n} wiersz", "{n} wiersze", "{n} wierszy"]
        weekdays_short: [pn, wt, śr, cz, pt, so, nd]
      """)
    #expect(loaded.diagnostics == [])
    #expect(loaded.value.code == "pl" && loaded.value.texts["Revenue"] == "Przychód")
    #expect(loaded.value[.rows] == "Wiersze" && loaded.value[.about] == "About these numbers")
    #expect(loaded.value.count(.rowCount, 22) == "22 wiersze")
    #expect(loaded.value.list(.weekdaysShort)[6] == "nd")
  }

  @Test("a text of a definition can be \"words\", too")
  func textNamedWords() throws {
    let loaded = try load("pl", "words: słowa")
    #expect(loaded.diagnostics == [] && loaded.value.texts["words"] == "słowa")
  }

  @Test(
    "what a file of words has wrong is an error at its place",
    arguments: [
      ("rowz: x", "2:3: error: \"rowz\" is none of reportgen's words\n  hint: Did you mean \"rows\"?"),
      ("rows: [a, b]", "2:9: error: \"rows\" must be a text"),
      ("rows: ''", "2:9: error: \"rows\" must be a text"),
      (
        "row_count: '{n} Zeilen'",
        "2:14: error: \"row_count\" must be a list of 2 forms with {n}, by the plurals of the language"
      ),
      ("months: [Januar]", "2:11: error: \"months\" must be a list of 12 texts"),
      (
        "as_of: 'Stand {zeit}'",
        "2:10: error: \"as_of\" has no placeholder {zeit}\n  hint: It has {time}."
      ), ("rows: '{n}'", "2:9: error: \"rows\" has no placeholder {n}\n  hint: It has none."),
    ])
  func mistakes(_ line: String, _ expected: String) throws {
    let loaded = try load("de", "words:\n  \(line)\n")
    #expect(text(loaded.diagnostics) == "locales/de.yaml:\(expected)")
  }

  @Test("lint names each word that a language lacks, and each text without a translation")
  func missing() throws {
    let loaded = try load("de", "Revenue: Umsatz\nwords: {rows: Zeilen}\n", used: ["Revenue", "Units"])
    let lines = loaded.diagnostics.map(\.description)
    #expect(lines.count == Word.allCases.count)
    #expect(lines.contains("locales/de.yaml: warning: \"Units\" is not translated"))
    #expect(
      lines.contains("locales/de.yaml:2:1: warning: the word \"about\" is missing: pages have it in English"))
    #expect(!lines.contains { $0.contains("\"rows\"") })
    // English and Russian are whole in the program.
    #expect(try load("ru", "Revenue: Выручка", used: ["Revenue"]).diagnostics == [])
  }

  @Test("a language of the program needs no file, another one does")
  func withoutFile() throws {
    #expect(try load("ru", nil, used: ["Revenue"]).diagnostics == [])
    let missing = try load("de", nil).diagnostics
    #expect(missing.map(\.severity) == [.error])
    #expect(missing.first?.message.hasPrefix("could not read \"locales/de.yaml\": ") == true)
  }

  @Test("small lines need a page of one interval and a key besides the time column")
  func sparklines() throws {
    let yaml = Sample.yaml + "\nexport: {html: {sparklines: [amount]}}"
    let found = try Sample.project(yaml: yaml).lint()
    #expect(
      found.hasPrefix(
        "reports/sales.yaml:5:17: error: \"sparklines\" needs a page of one interval, and a key besides the time column"
      ), "\(found)")
    let keyed = yaml.replacing("time_column: day", with: "time_column: day, unique_key: [day, amount]")
    #expect(try Sample.project(yaml: keyed).lint() == "")
    #expect(try Sample.report(yaml: keyed).export.html?.sparklines == ["amount"])
  }
}
