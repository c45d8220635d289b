import ReportModel

/// Reads one SELECT with PostgreSQL's parser and applies the rules of definitions to its tokens and its tree; with
/// `syntax: server` to its tokens alone.
struct QueryAnalyzer {
  let source: SQLText
  let syntax: QuerySyntax
  private(set) var findings: Findings

  init(_ source: SQLText, file: String, syntax: QuerySyntax = .parser) {
    self.source = source
    self.syntax = syntax
    self.findings = Findings(file: file)
  }

  /// - Returns: nil when the text is no SELECT that the parser understands; `findings` says why.
  mutating func analyze() -> QueryAnalysis? {
    do throws(PgQuery.Failure) {
      let tokens = try scan().filter { !$0.isComment }
      guard let last = tokens.last(where: { $0.kind != PgQuery.Token.semicolon }) else {
        findings.add(.error, "there is no statement", hint: "Write one SELECT.", at: nil)
        return nil
      }
      refuseLongAndInvisible(tokens)
      var scanner = ParameterScanner(source, tokens, findings)
      scanner.scan()
      findings = scanner.findings
      return syntax == .server
        ? analyzeTokens(scanner, tokens: tokens, last: last)
        : try analyze(scanner, tokens: tokens, last: last)
    } catch {
      report(error, source.text, references: [])
      return nil
    }
  }

  private func scan() throws(PgQuery.Failure) -> [PgQuery.Token] {
    do throws(PgQuery.Failure) {
      return try PgQuery.scan(source.text)
    } catch {
      guard syntax == .server else { throw error }
      return try PgQuery.scan(NewerSyntax.withOlderNumbers(source.text))
    }
  }

  private mutating func analyzeTokens(
    _ scanner: ParameterScanner, tokens: [PgQuery.Token], last: PgQuery.Token
  ) -> QueryAnalysis? {
    var rules = TokenRules(source, tokens, scanner.references, findings)
    let isSelect = rules.check()
    findings = rules.findings
    guard isSelect else { return nil }
    if (try? PgQuery.parse(scanner.parsableText(value: "$1"))) != nil {
      findings.add(
        .warning, "the query needs no \"syntax: server\"",
        hint:
          "The parser of PostgreSQL \(PgQuery.version) reads it, and would find mistakes without a server.",
        at: nil)
    }
    return QueryAnalysis(
      query: QueryText(text: statementText(tokens, last), references: scanner.references),
      reads: [], mentions: rules.mentions, namedPairs: rules.namedPairs, outputColumns: nil,
      canonicalTree: rules.canonicalText)
  }

  private mutating func analyze(
    _ scanner: ParameterScanner, tokens: [PgQuery.Token], last: PgQuery.Token
  ) throws(PgQuery.Failure) -> QueryAnalysis? {
    let parsable = scanner.parsableText(value: "$1")
    let tree: ParseTree
    do {
      tree = try PgQuery.parse(parsable)
      // libpg_query takes $1 where the server takes words and plain strings alone: "date $1", "extract($1 from t)".
      if !scanner.references.isEmpty { try PgQuery.check(scanner.parsableText(value: "00")) }
    } catch {
      report(error, parsable, references: scanner.references, tokens: tokens)
      return nil
    }
    var rules = StatementRules(source, tokens, tree, scanner.references, findings)
    let statement = rules.check()
    findings = rules.findings
    guard let statement else { return nil }
    DeterminismRules(source: source, tree: tree).check(&findings)
    var output = OutputColumns(source: source, tree: tree)
    let columns = source.role == .report ? output.read(statement, &findings) : nil
    return QueryAnalysis(
      query: QueryText(
        text: statementText(tokens, last),
        references: AdaptingReferences(tree: tree).marked(scanner.references)),
      reads: rules.reads, mentions: MentionReader(tree: tree).read(relations: rules.reads.map(\.name)),
      outputColumns: columns,
      canonicalTree: CanonicalTree.text(of: tree, references: scanner.references))
  }

  /// The text up to the final semicolon, cut by token: one inside of a comment or a string is not the final one.
  private func statementText(_ tokens: [PgQuery.Token], _ last: PgQuery.Token) -> String {
    let end = tokens.first { $0.kind == PgQuery.Token.semicolon && $0.start >= last.end }?.start
    var bytes = source.bytes[..<(end ?? source.bytes.count)]
    while let byte = bytes.last, " \t\r\n".utf8.contains(byte) { bytes.removeLast() }
    let text = String(decoding: bytes, as: UTF8.self)
    return end == nil || !text.contains("--") ? text : text + "\n"
  }

  private mutating func report(
    _ failure: PgQuery.Failure, _ parsed: String, references: [QueryText.Reference],
    tokens: [PgQuery.Token] = []
  ) {
    guard let characters = failure.characterOffset else {
      findings.add(.error, failure.message, at: nil)
      return
    }
    let offset = parsed.unicodeScalars.prefix(characters).reduce(0) { $0 + UTF8.width($1) }
    if let merge = mergeReturning(at: offset, tokens) {
      findings.add(
        .error, "MERGE inside of a SELECT", hint: "Reports only read; the metadata says where the rows go.",
        at: source.place(merge.start))
      return
    }
    if let newer = NewerSyntax.find(at: offset, tokens, in: source) {
      findings.add(.error, newer.message, hint: newer.hint(source.role), at: source.place(offset))
      return
    }
    let reference = references.first { $0.utf8Range.lowerBound == offset }
    var message = excerpt(failure.message, limit: 120)
    if let reference, let quote = message.firstIndex(of: "\"") {
      message = message[..<quote] + "\":\(reference.name)\""
    }
    let hint = hint(at: offset, reference)
    findings.add(.error, message, hint: hint, at: source.place(offset))
  }

  /// The MERGE whose RETURNING, which PostgreSQL 17 has, stopped the parser: a write as any other.
  private func mergeReturning(at offset: Int, _ tokens: [PgQuery.Token]) -> PgQuery.Token? {
    guard let stop = tokens.first(where: { $0.start == offset }),
      source.slice(stop).lowercased() == "returning"
    else { return nil }
    return tokens.last { $0.start < offset && source.slice($0).lowercased() == "merge" }
  }

  private func hint(at offset: Int, _ reference: QueryText.Reference?) -> String? {
    if reference != nil {
      return "A parameter stands for one typed value; it cannot be a name or a part of a literal."
    }
    switch offset < source.bytes.count ? source.bytes[offset] : 0 {
    case UInt8(ascii: "\\"): return "Commands of psql do not work here; a definition is one SELECT."
    case UInt8(ascii: ":"):
      return "A parameter is a colon with a name right behind it, and no name or number right before it."
    case UInt8(ascii: "$"):
      return "There are no shell variables here: write a parameter, :name, and declare it in the metadata."
    case UInt8(ascii: "{"), UInt8(ascii: "%"), UInt8(ascii: "}"):
      let isTemplate = source.text.contains("{{") || source.text.contains("{%")
      return isTemplate
        ? "There are no templates (Jinja) here: name tables as schema.name, and values as parameters, :name."
        : nil
    default: return nil
    }
  }

  /// Refuses what the parser accepts: names that the server would cut, and byte order marks inside of names.
  private mutating func refuseLongAndInvisible(_ tokens: [PgQuery.Token]) {
    for token in tokens where token.kind == PgQuery.Token.identifier {
      let written = source.bytes[token.start..<token.end]
      let isQuoted = written.first == UInt8(ascii: "\"")
      if written.count > 63 { refuseLong(token, isQuoted: isQuoted) }
      if !isQuoted, written.contains(0xEF), source.slice(token).unicodeScalars.contains("\u{FEFF}") {
        findings.add(
          .error, "text has a byte order mark in the middle",
          hint: "It is invisible and would become a part of a name; delete it.", at: source.place(token.start)
        )
      }
    }
  }

  private mutating func refuseLong(_ token: PgQuery.Token, isQuoted: Bool) {
    var name = source.slice(token)
    if isQuoted { name = String(name.dropFirst().dropLast()).replacing("\"\"", with: "\"") }
    guard name.utf8.count > 63 else { return }
    findings.add(
      .error, "name \"\(name)\" has \(name.utf8.count) bytes",
      hint: "PostgreSQL keeps 63 bytes of a name; write a shorter one.", at: source.place(token.start))
  }
}
