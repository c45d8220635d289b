import Glibc
import ReportModel

extension ProjectLoader {
  static let textsFolder = "locales"

  /// The translations of `loadLanguage`; without any for nil.
  package func loadTexts(_ locale: String?, used: [String]) -> Loaded<Texts> {
    guard let locale else { return Loaded(value: Texts(), diagnostics: []) }
    let language = loadLanguage(locale, used: used)
    return Loaded(value: language.value.texts, diagnostics: language.diagnostics)
  }

  /// Reads `locales/LOCALE.yaml`: translations of the definitions' texts, and the words of a language that the program
  /// does not have.
  ///
  /// - Parameter used: the texts that people see; nil checks neither them nor which words are missing.
  /// - Returns: the language, with a warning for each text without a translation, for each that no text uses, and for each
  ///   word that stays English. A language of the program needs no file.
  package func loadLanguage(_ locale: String, used: [String]?) -> Loaded<Language> {
    let path = "\(Self.textsFolder)/\(locale).yaml"
    guard access(directory + "/" + path, F_OK) == 0 else {
      let missing = Diagnostic(
        "could not read \"\(path)\": \(SystemError.text(errno))",
        hint: "It has lines such as \"Revenue: Umsatz\", and reportgen's own words under \"words\".",
        file: Self.projectFile)
      return Loaded(
        value: Language(locale, texts: Texts(locale: locale)),
        diagnostics: Language.isBuiltIn(locale) ? [] : [missing])
    }
    switch SourceFile.read(path, in: directory) {
    case .failure(let diagnostic): return Loaded(value: Language(locale), diagnostics: [diagnostic])
    case .success(let file):
      var yaml = YAMLReader(file.text, file: path)
      guard let root = yaml.read() else {
        return Loaded(
          value: Language(locale, texts: Texts(locale: locale)), diagnostics: yaml.findings.all)
      }
      var reader = LanguageReader(locale, file: path)
      let language = reader.read(root, used: used.map(Set.init))
      return Loaded(value: language, diagnostics: yaml.findings.all + reader.findings.all)
    }
  }
}
