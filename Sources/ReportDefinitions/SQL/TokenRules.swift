import ReportModel

/// The rules of definitions for a query that only the server can parse, as far as its tokens show them.
///
/// The server has the last word: it parses the query in a session that is READ ONLY.
struct TokenRules {
  private let source: SQLText
  private let tokens: [PgQuery.Token]
  private let references: [QueryText.Reference]
  private(set) var findings: Findings

  /// - Parameter tokens: without comments; not empty.
  init(
    _ source: SQLText, _ tokens: [PgQuery.Token], _ references: [QueryText.Reference], _ findings: Findings
  ) {
    self.source = source
    self.references = references
    self.findings = findings
    var tokens = tokens
    while tokens.last?.kind == PgQuery.Token.semicolon { tokens.removeLast() }
    self.tokens = tokens
  }

  /// - Returns: whether the text is one SELECT with closed parentheses.
  mutating func check() -> Bool {
    if let semicolon = tokens.firstIndex(where: { $0.kind == PgQuery.Token.semicolon }) {
      let next = tokens[semicolon...].first { $0.kind != PgQuery.Token.semicolon }
      findings.add(
        .error, "there is a second statement", hint: "A definition is one SELECT; give each its own report.",
        at: next.map { source.place($0.start) })
      return false
    }
    guard let first = tokens.first(where: { !isPunctuation($0, "(") }),
      ["select", "with", "values", "table"].contains(word(first))
    else {
      let token = tokens[0]
      findings.add(
        .error, "statement is \(excerpt(source.slice(token)).uppercased()), not a SELECT",
        hint: "A definition is one SELECT; where its rows go is said in the metadata, under \"materialize\".",
        at: source.place(token.start))
      return false
    }
    guard checkParentheses() else { return false }
    refuseWrites()
    refuseLocks()
    refuseStaging()
    warnOfCalls()
    return true
  }

  private func word(_ token: PgQuery.Token) -> String { source.slice(token).lowercased() }

  private func word(at index: Int) -> String { tokens.indices.contains(index) ? word(tokens[index]) : "" }

  private func isPunctuation(_ token: PgQuery.Token, _ character: Character) -> Bool {
    token.kind == Int(character.asciiValue ?? 0)
  }

  /// The query is put in parentheses where it runs, so that a text that closes them would be another statement.
  private mutating func checkParentheses() -> Bool {
    var open: [PgQuery.Token] = []
    for token in tokens {
      if isPunctuation(token, "(") { open.append(token) }
      guard isPunctuation(token, ")"), open.popLast() == nil else { continue }
      findings.add(.error, "\")\" closes no parenthesis", at: source.place(token.start))
      return false
    }
    guard let last = open.last else { return true }
    findings.add(.error, "\"(\" is not closed", at: source.place(last.start))
    return false
  }

  private mutating func refuseWrites() {
    for index in tokens.indices {
      let (before, word) = (word(at: index - 1), word(at: index))
      if before == "(", ["insert", "update", "delete", "merge"].contains(word),
        self.word(at: index + 1) != ")"
      {
        findings.add(
          .error, "\(word.uppercased()) inside of a SELECT",
          hint: "Reports only read; the metadata says where the rows go.",
          at: source.place(tokens[index].start))
      } else if word == "into", !["insert", "merge", "as", "."].contains(before) {
        findings.add(
          .error, "SELECT INTO is not supported",
          hint: "Remove INTO; \"materialize.table\" in the metadata names the table.",
          at: source.place(tokens[index].start))
      }
    }
  }

  private mutating func refuseLocks() {
    let clauses = [["for", "update"], ["for", "share"], ["for", "no", "key"], ["for", "key", "share"]]
    for index in tokens.indices
    where clauses.contains(where: {
      $0.indices.allSatisfy { $0 + index < tokens.count } && isClause($0, at: index)
    }) {
      findings.add(
        .error, "FOR UPDATE and FOR SHARE are not supported",
        hint: "Reports read from a replica, which cannot lock rows; remove the clause.",
        at: source.place(tokens[index].start))
      return
    }
  }

  private func isClause(_ words: [String], at index: Int) -> Bool {
    words.enumerated().allSatisfy { word(at: index + $0.offset) == $0.element }
  }

  private mutating func refuseStaging() {
    for reference in references where reference.name == "staging" {
      findings.add(
        .error, "\":staging\" is not known here",
        hint: "It stands for the staging table, in the SQL of checks.",
        at: source.place(reference.utf8Range.lowerBound))
    }
  }

  private mutating func warnOfCalls() {
    for index in tokens.indices where word(at: index - 1) != "." || word(at: index - 2) == "pg_catalog" {
      let (name, isCall) = (word(at: index), word(at: index + 1) == "(")
      let (source, offset) = (source, tokens[index].start)
      if isCall, DeterminismRules.isVolatile(name) {
        DeterminismRules.warnOfVolatile(name, source.place(offset), &findings)
      } else if isCall
        ? DeterminismRules.clockFunctions.contains(name) : DeterminismRules.clockWords.contains(name)
      {
        DeterminismRules.warnOfClock(isCall ? "\(name)()" : name, source.place(offset), &findings)
      }
    }
  }

  // MARK: Names

  /// Every `a.b` that no further dot precedes, each once: a table with its schema, a column with its table, …
  var namedPairs: [TableRead] {
    var known = Set<QualifiedName>()
    return tokens.indices.compactMap { index in
      guard word(at: index + 1) == ".", word(at: index - 1) != ".", let schema = name(at: index),
        let table = name(at: index + 2)
      else { return nil }
      let name = QualifiedName(schema: schema, name: table)
      guard known.insert(name).inserted else { return nil }
      return TableRead(name: name, place: source.place(tokens[index].start))
    }
  }

  /// Every name that can be one of a table, column, type or function: without a tree, more than with one.
  var mentions: SQLMentions {
    var mentions = SQLMentions()
    mentions.relations = Set(namedPairs.map(\.name))
    mentions.hasAllColumns = true
    for index in tokens.indices {
      guard let name = name(at: index) else { continue }
      mentions.columns.insert(name)
      let schema = word(at: index - 1) == "." ? self.name(at: index - 2) : nil
      let found = SQLMentions.Name(schema: schema, name: name)
      mentions.types.insert(found)
      if word(at: index + 1) == "(" { mentions.functions.insert(found) }
    }
    return mentions
  }

  private func name(at index: Int) -> String? {
    guard tokens.indices.contains(index) else { return nil }
    let (token, text) = (tokens[index], source.slice(tokens[index]))
    if text.hasPrefix("\""), token.kind == PgQuery.Token.identifier {
      return String(text.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }
    return token.kind == PgQuery.Token.identifier || token.keyword > 0 ? text.lowercased() : nil
  }

  // MARK: Fingerprint

  /// The tokens as text, for fingerprints; equal for texts that differ in white space, comments and the case of what
  /// is not quoted. Parameters stand by their names.
  var canonicalText: String {
    let words = tokens.map { token in
      let isFolded =
        token.keyword > 0 || token.kind == PgQuery.Token.identifier && !source.slice(token).hasPrefix("\"")
      return isFolded ? source.slice(token).lowercased() : source.slice(token)
    }
    return "tokens " + words.joined(separator: " ")
  }
}
