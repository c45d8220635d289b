import Glibc
import ReportModel

extension ProjectLoader {
  static let textsFolder = "locales"

  /// Reads `locales/LOCALE.yaml`: texts of the definitions and their translations.
  ///
  /// - Parameter locale: nil: no file is read.
  /// - Parameter used: the texts that people see, sorted.
  /// - Returns: the translations, with a warning for each text without one and for each that no text uses.
  package func loadTexts(_ locale: String?, used: [String]) -> Loaded<Texts> {
    guard let locale else { return Loaded(value: Texts(), diagnostics: []) }
    let path = "\(Self.textsFolder)/\(locale).yaml"
    guard access(directory + "/" + path, F_OK) == 0 else {
      return Loaded(
        value: Texts(locale: locale),
        diagnostics: [
          Diagnostic(
            "could not read \"\(path)\": \(SystemError.text(errno))",
            hint: "It has lines such as \"Revenue: Выручка\"; without \"locale\" titles stay as they are.",
            file: Self.projectFile)
        ])
    }
    switch SourceFile.read(path, in: directory) {
    case .failure(let diagnostic): return Loaded(value: Texts(locale: locale), diagnostics: [diagnostic])
    case .success(let file):
      var yaml = YAMLReader(file.text, file: path)
      guard let root = yaml.read() else {
        return Loaded(value: Texts(locale: locale), diagnostics: yaml.findings.all)
      }
      var findings = Findings(file: path)
      let texts = read(root, locale, Set(used), &findings)
      return Loaded(value: texts, diagnostics: yaml.findings.all + findings.all)
    }
  }

  private func read(_ root: YAMLNode, _ locale: String, _ used: Set<String>, _ findings: inout Findings)
    -> Texts
  {
    guard let entries = root.entries else {
      findings.add(.error, "the file must be a mapping of texts", at: root.place)
      return Texts(locale: locale)
    }
    var translations: [String: String] = [:]
    for entry in entries {
      guard let text = entry.value.text, !text.isEmpty else {
        findings.add(
          .error, "\"\(excerpt(entry.key))\" must be text", hint: "Put a number or a colon in quotes.",
          at: entry.value.place)
        continue
      }
      translations[entry.key] = text
      if !used.contains(entry.key) {
        findings.add(
          .warning, "\"\(excerpt(entry.key))\" is no text that people see",
          hint: Suggestion.hint(for: entry.key, among: used.subtracting(entries.map(\.key)).sorted())
            ?? "Remove it; keys are titles and descriptions as the definitions have them.", at: entry.keyPlace
        )
      }
    }
    for text in used.sorted() where translations[text] == nil {
      findings.add(.warning, "\"\(excerpt(text))\" is not translated", at: nil)
    }
    return Texts(locale: locale, translations)
  }
}
