import ReportModel

/// Rows written as CSV, such as reportgen's own files: a line of columns, then a line for each row.
///
/// An empty field is NULL and `""` an empty text, as in those files; `null` is NULL and `"null"` a text, as in YAML.
/// Blanks around a field are ignored, so that columns can be aligned; so are empty lines.
struct CompactRows {
  private struct Field {
    var text: String
    var isQuoted: Bool
    /// Of its first character, in the text.
    var start: SourcePlace

    var value: TestValue {
      isQuoted || !(text.isEmpty || YAMLNode.nullWords.contains(text)) ? .text(text) : .null
    }
  }

  private let scalars: [Unicode.Scalar]
  private let place: (_ inside: SourcePlace) -> SourcePlace
  private var index = 0
  private var here = SourcePlace(line: 1, column: 1)

  /// - Parameter place: where a place of the text is in its file.
  init(_ text: String, place: @escaping (_ inside: SourcePlace) -> SourcePlace) {
    scalars = Array(text.unicodeScalars)
    self.place = place
  }

  mutating func read(_ findings: inout Findings) -> [TestRow] {
    guard let header = nextLine(&findings) else { return [] }
    checkHeader(header, &findings)
    var rows: [TestRow] = []
    while let line = nextLine(&findings) {
      guard line.count == header.count else {
        findings.add(
          .error, "row has \(fields(line.count)), but the line of columns has \(fields(header.count))",
          hint: "Leave a field empty for null; put a text that has a comma in double quotes.",
          at: place(line[0].start))
        continue
      }
      let cells = zip(header, line).map { column, field in
        TestRow.Cell(
          column: column.text, columnPlace: place(column.start), value: field.value,
          place: place(field.start))
      }
      rows.append(TestRow(cells: cells, place: place(line[0].start)))
    }
    return rows
  }

  private func fields(_ count: Int) -> String { count == 1 ? "1 field" : "\(count) fields" }

  private func checkHeader(_ header: [Field], _ findings: inout Findings) {
    var seen = Set<String>()
    for field in header {
      if !Shape.Format.name.isValid(field.text) {
        findings.add(
          .error, "\"\(excerpt(field.text))\" is not a column's name",
          hint: "The first line names the columns, separated by commas.", at: place(field.start))
      } else if !seen.insert(field.text).inserted {
        findings.add(
          .error, "column \"\(excerpt(field.text))\" is named twice", at: place(field.start))
      }
    }
  }

  // MARK: Text

  private mutating func nextLine(_ findings: inout Findings) -> [Field]? {
    repeat { skipBlanks() } while takeLineEnd()
    guard index < scalars.count else { return nil }
    var line: [Field] = []
    repeat { line.append(nextField(&findings)) } while take(",")
    return line
  }

  private mutating func nextField(_ findings: inout Findings) -> Field {
    skipBlanks()
    let start = here
    guard take("\"") else { return Field(text: plainText(), isQuoted: false, start: start) }
    let (text, isClosed) = quotedText()
    if !isClosed { findings.add(.error, "quote is not closed", at: place(start)) }
    skipBlanks()
    if !isFieldEnd {
      findings.add(
        .error, "there is text right behind a closing quote",
        hint: "A quote inside of quotes is written twice.", at: place(here))
      _ = plainText()
    }
    return Field(text: text, isQuoted: true, start: start)
  }

  private mutating func plainText() -> String {
    var text = String.UnicodeScalarView()
    while !isFieldEnd { text.append(advance()) }
    while let last = text.last, Self.blanks.contains(last) { text.removeLast() }
    return String(text)
  }

  /// What stands behind an opening quote, which may have line ends in it.
  private mutating func quotedText() -> (text: String, isClosed: Bool) {
    var text = String.UnicodeScalarView()
    while index < scalars.count {
      let scalar = advance()
      guard scalar == "\"" else {
        text.append(scalar)
        continue
      }
      guard take("\"") else { return (String(text), true) }
      text.append("\"")
    }
    return (String(text), false)
  }

  private static let blanks: Set<Unicode.Scalar> = [" ", "\t"]
  private static let lineEnds: Set<Unicode.Scalar> = ["\n", "\r"]

  private var isFieldEnd: Bool {
    index == scalars.count || scalars[index] == "," || Self.lineEnds.contains(scalars[index])
  }

  private mutating func skipBlanks() {
    while index < scalars.count, Self.blanks.contains(scalars[index]) { advance() }
  }

  private mutating func takeLineEnd() -> Bool { take("\n") || take("\r") }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard index < scalars.count, scalars[index] == scalar else { return false }
    advance()
    return true
  }

  @discardableResult
  private mutating func advance() -> Unicode.Scalar {
    let scalar = scalars[index]
    here =
      scalar == "\n"
      ? SourcePlace(line: here.line + 1, column: 1)
      : SourcePlace(line: here.line, column: (here.column ?? 0) + 1)
    index += 1
    return scalar
  }
}
