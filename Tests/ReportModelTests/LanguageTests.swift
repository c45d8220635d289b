import ReportModel
import Testing

@Suite struct LanguageTests {
  static let russian = Language("ru")

  @Test("English and Russian have each word, with the same placeholders and the right number of forms")
  func words() {
    for word in Word.allCases {
      let (english, russian) = (Language.english.list(word), Self.russian.list(word))
      switch word.kind {
      case .one: #expect(english.count == 1 && russian.count == 1, "\(word)")
      case .counted: #expect(english.count == 2 && russian.count == 3, "\(word)")
      case .list(let count): #expect(english.count == count && russian.count == count, "\(word)")
      }
      for text in english + russian {
        #expect(!text.isEmpty && Word.placeholders(text) == word.placeholders, "\(word): \(text)")
      }
    }
  }

  @Test("keys of words are unique, in lower case")
  func keys() {
    #expect(Set(Word.allCases.map(\.rawValue)).count == Word.allCases.count)
    #expect(Word.allCases.allSatisfy { $0.rawValue.allSatisfy { $0 == "_" || $0.isLowercase } })
  }

  @Test(
    "a counted word has the plural of its language",
    arguments: [
      (0, "0 rows", "0 строк"), (1, "1 row", "1 строка"), (2, "2 rows", "2 строки"), (5, "5 rows", "5 строк"),
      (11, "11 rows", "11 строк"), (12, "12 rows", "12 строк"), (21, "21 rows", "21 строка"),
      (22, "22 rows", "22 строки"), (111, "111 rows", "111 строк"), (24_310, "24 310 rows", "24 310 строк"),
    ])
  func plurals(number: Int, english: String, russian: String) {
    let spaced = { (text: String) in text.replacing("24 310", with: "24\u{202F}310") }
    #expect(Language.english.count(.rowCount, number) == spaced(english))
    #expect(Self.russian.count(.rowCount, number) == spaced(russian))
  }

  @Test(
    "other languages have the plurals that Unicode gives them",
    arguments: [
      ("pl", 1, 0), ("pl", 2, 1), ("pl", 12, 2), ("pl", 22, 1), ("pl", 21, 2), ("cs", 1, 0), ("cs", 4, 1),
      ("cs", 5, 2), ("cs", 22, 2), ("fr", 0, 0), ("fr", 1, 0), ("fr", 2, 1), ("pt-BR", 0, 0), ("ja", 7, 0),
      ("de", 0, 1), ("de", 1, 0), ("uk", 21, 0), ("uk", 14, 2),
    ])
  func otherPlurals(code: String, number: Int, form: Int) {
    let rule = PluralRule(code)
    #expect(rule.form(of: number) == form)
    #expect(form < rule.formCount)
  }

  @Test("a word that a language lacks is English, with English plurals")
  func fallback() {
    let polish = Language("pl", words: [.rows: ["Wiersze"]])
    #expect(polish[.rows] == "Wiersze")
    #expect(polish[.about] == "About these numbers")
    #expect(polish.count(.rowCount, 22) == "22 rows")
    #expect(Language("ru-RU")[.rows] == "Строки")
  }

  @Test("what fills in a placeholder is not filled in itself, and braces that are none stay")
  func placeholders() {
    #expect(
      Language.english.text(.range, ["first": "{last}", "last": "{first} {"]) == "{last} – {first} {")
    let odd = Language("de", words: [.range: ["{first} {nope} {"]])
    #expect(odd.text(.range, ["first": "1"]) == "1 {nope} {")
  }

  @Test("a report's language is its own, or that of all")
  func languages() {
    var report = Report(
      name: "a", title: "A", materialization: Materialization(kind: .none),
      query: QueryText(text: "select 1", references: []), sqlFile: "a.sql", metadataFile: "a.yaml")
    let languages = Languages(standard: Language("ru"), others: ["de": Language("de")])
    #expect(languages.language(of: report).code == "ru")
    report.locale = "de"
    #expect(languages.language(of: report).code == "de")
  }
}
