/// The documents on exit codes and on what to do, cut into what `reportgen explain` prints.
package struct Runbook: Sendable {
  private struct Section: Sendable {
    var title: String
    /// The part behind `#` in links to it.
    var anchor: String
    var lines: [String]
  }

  /// A row of the table of exit codes.
  private struct Code: Sendable {
    var number: String
    var meaning: String
    var advice: String
  }

  private let codes: [Code]
  private let sections: [Section]

  /// - Parameters:
  ///   - exitCodes: docs/exit-codes.md.
  ///   - runbook: docs/runbook.md.
  package init(exitCodes: String, runbook: String) {
    codes = exitCodes.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
        $0.drop { $0 == " " }.description
      }
      guard cells.count == 5, Int(cells[1].filter { $0 != " " }) != nil else { return nil }
      return Code(
        number: cells[1].filter { $0 != " " }, meaning: Self.plain(Self.trimmed(cells[2])),
        advice: Self.trimmed(cells[3]))
    }
    sections = Self.sections(of: runbook)
  }

  /// Exit codes and headings, for suggestions.
  package var topics: [String] { codes.map(\.number) + sections.map { $0.title.lowercased() } }

  /// Every exit code with its meaning, then every heading.
  package var overview: String {
    let width = codes.map(\.number.count).max() ?? 0
    let list = codes.map { code in
      code.number + String(repeating: " ", count: width - code.number.count + 2) + code.meaning
    }
    return (["EXIT CODES"] + list + ["", "SECTIONS"] + sections.map(\.title)).joined(separator: "\n")
  }

  /// - Parameter topic: an exit code, or a heading in any case.
  /// - Returns: nil for neither.
  package func text(of topic: String) -> String? {
    if let code = codes.first(where: { $0.number == topic }) {
      let linked = sections.filter { code.advice.contains("(runbook.md#\($0.anchor))") }
      return (["\(code.number): \(code.meaning)"] + linked.map(Self.shown)).joined(separator: "\n\n")
    }
    let wanted = Self.words(topic)
    guard let section = sections.first(where: { Self.words($0.title) == wanted }) else { return nil }
    return Self.shown(section)
  }

  private static func shown(_ section: Section) -> String {
    ([section.title.uppercased(), ""] + section.lines).joined(separator: "\n")
  }

  private static func words(_ text: String) -> String {
    String(text.lowercased().filter { $0.isLetter || $0.isNumber })
  }

  private static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }

  // MARK: Markdown

  private static func sections(of text: String) -> [Section] {
    var sections: [Section] = []
    var isHidden = false
    var isCode = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if isHidden || line.hasPrefix("<!--") {
        isHidden = !line.hasSuffix("-->")
        continue
      }
      if line.hasPrefix("```") {
        isCode.toggle()
        continue
      }
      if !isCode, line.hasPrefix("## ") || line.hasPrefix("### ") {
        let title = String(line.drop { $0 == "#" }.dropFirst())
        sections.append(Section(title: title, anchor: anchor(title), lines: []))
      } else if !sections.isEmpty {
        let shown = isCode ? "  " + line : plain(String(line))
        // Blank lines in a row are one.
        if shown.isEmpty, sections[sections.count - 1].lines.last?.isEmpty ?? true { continue }
        sections[sections.count - 1].lines.append(shown)
      }
    }
    for index in sections.indices {
      while sections[index].lines.last?.isEmpty ?? false { sections[index].lines.removeLast() }
    }
    return sections
  }

  private static func anchor(_ title: String) -> String {
    String(
      title.lowercased().compactMap { $0 == " " ? "-" : $0.isLetter || $0.isNumber || $0 == "-" ? $0 : nil })
  }

  /// Links as their words, without marks for code and bold.
  private static func plain(_ text: String) -> String {
    text.replacing(#/\[([^\]]*)\]\([^)]*\)/#) { $0.1 }.replacing("**", with: "").replacing("`", with: "")
  }
}
