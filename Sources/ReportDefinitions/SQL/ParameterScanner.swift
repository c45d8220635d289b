import ReportModel

/// Finds the `:name` places of a text by its tokens, so that nothing inside of strings and comments counts.
///
/// A parameter is what psql takes for one: a colon with a name right behind it. A colon right behind a name, number,
/// string or closing bracket is an array slice (`a[lo:hi]`) and left to the parser.
struct ParameterScanner {
  /// Stands for the staging table while a check is parsed; as long as `:staging`, so that all offsets stay.
  static let stagingStandIn = "_staging"

  let source: SQLText
  let tokens: [PgQuery.Token]
  var findings: Findings

  private(set) var references: [QueryText.Reference] = []
  /// Places that were reported here; stand-ins replace them, so that the parser does not report them again.
  private var refused: [Range<Int>] = []

  init(_ source: SQLText, _ tokens: [PgQuery.Token], _ findings: Findings) {
    self.source = source
    self.tokens = tokens
    self.findings = findings
  }

  mutating func scan() {
    for (index, token) in tokens.enumerated() {
      if token.kind == PgQuery.Token.dollarParameter { refuseDollar(token) }
      if token.kind == PgQuery.Token.colon, index + 1 < tokens.count, !isSlice(index) {
        readColon(token, tokens[index + 1], at: index)
      }
    }
  }

  /// The text that PostgreSQL's parser gets, with stand-ins of the same number of bytes, so that all offsets stay.
  ///
  /// - Parameter value: two bytes that stand for a typed literal.
  func parsableText(value: String) -> String {
    var bytes = source.bytes
    func put(_ standIn: String, _ range: Range<Int>) {
      for index in range { bytes[index] = UInt8(ascii: " ") }
      for (index, byte) in zip(range, standIn.utf8) { bytes[index] = byte }
    }
    for reference in references {
      put(reference.name == "staging" ? Self.stagingStandIn : value, reference.utf8Range)
    }
    for range in refused { put(value, range) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func readColon(_ colon: PgQuery.Token, _ next: PgQuery.Token, at index: Int) {
    guard next.start == colon.end else { return }
    let text = source.slice(next)
    switch next.kind {
    case PgQuery.Token.string, PgQuery.Token.unicodeString:
      refuse(colon.start..<next.end, "Write the name alone, :name; the value comes quoted and with its type.")
    case PgQuery.Token.identifier where text.hasPrefix("\""), PgQuery.Token.unicodeIdentifier:
      refuse(
        colon.start..<next.end, "A parameter is a value, never a name of a table or column; write :name.")
    case PgQuery.Token.identifier:
      readName(text, colon.start..<next.end)
    case _ where next.keyword > 0:
      readName(text, colon.start..<next.end)
    case Int(UInt8(ascii: "{")):
      let end = tokens[index...].first { $0.kind == Int(UInt8(ascii: "}")) }?.end ?? next.end
      refuse(
        colon.start..<end,
        "A declared parameter always has a value; a default of null says that it has none.")
    default:
      break
    }
  }

  private mutating func readName(_ name: String, _ range: Range<Int>) {
    guard !name.contains("$") else {
      let place = source.place(range.lowerBound)
      refused.append(range)
      findings.add(
        .error, "\":\(name)\" is no name of a parameter",
        hint:
          "Names consist of letters, digits and underscores: psql would end this one before the dollar sign.",
        at: place)
      return
    }
    references.append(.init(name: name, utf8Range: range))
  }

  private mutating func refuse(_ range: Range<Int>, _ hint: String) {
    refused.append(range)
    findings.add(
      .error, "\"\(excerpt(source.slice(range)))\" is not supported", hint: hint,
      at: source.place(range.lowerBound))
  }

  private mutating func refuseDollar(_ token: PgQuery.Token) {
    findings.add(
      .error, "\"\(source.slice(token))\" is not supported",
      hint: "Declare the parameter in the metadata and write :name.", at: source.place(token.start))
  }

  private func isSlice(_ index: Int) -> Bool {
    guard index > 0, tokens[index - 1].end == tokens[index].start else { return false }
    let last = tokens[index - 1]
    switch last.kind {
    case PgQuery.Token.identifier, PgQuery.Token.unicodeIdentifier, PgQuery.Token.string,
      PgQuery.Token.unicodeString, PgQuery.Token.number, PgQuery.Token.integer,
      Int(UInt8(ascii: ")")), Int(UInt8(ascii: "]")), PgQuery.Token.dollarParameter:
      return true
    default:
      return last.keyword > 0
    }
  }
}
