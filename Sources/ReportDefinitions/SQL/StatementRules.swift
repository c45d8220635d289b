import ReportModel

/// One SELECT that writes nothing, locks nothing and names its tables with their schemas.
struct StatementRules {
  private let source: SQLText
  private let tokens: [PgQuery.Token]
  private let tree: ParseTree
  private let references: [QueryText.Reference]
  private(set) var findings: Findings
  /// In the order of the text, each once.
  private(set) var reads: [TableRead] = []

  init(
    _ source: SQLText, _ tokens: [PgQuery.Token], _ tree: ParseTree,
    _ references: [QueryText.Reference], _ findings: Findings
  ) {
    self.source = source
    self.tokens = tokens
    self.tree = tree
    self.references = references
    self.findings = findings
  }

  /// - Returns: the node of the one SELECT; nil when the statement is something else.
  mutating func check() -> Int? {
    guard let list = tree.child(0, "stmts") else { return nil }
    let statements = Array(tree.children(list))
    if statements.count > 1 {
      refuseSecond(statements[1])
      return nil
    }
    guard let first = statements.first, let wrapper = tree.child(first, "stmt"),
      let statement = tree.onlyChild(wrapper)
    else { return nil }
    guard tree.isKey(statement, "SelectStmt") else {
      refuseKind(tokens[0])
      return nil
    }
    refuseWrites(statement)
    readTables(statement)
    checkStaging(statement)
    return statement
  }

  private mutating func refuseSecond(_ statement: Int) {
    let start = tree.child(statement, "stmt_location").flatMap { Int(tree.text($0)) } ?? 0
    let place = tokens.first { $0.start >= start && $0.kind != PgQuery.Token.semicolon }
    findings.add(
      .error, "there is a second statement", hint: "A definition is one SELECT; give each its own report.",
      at: place.map { source.place($0.start) })
  }

  private mutating func refuseKind(_ token: PgQuery.Token) {
    let word = excerpt(source.slice(token)).uppercased()
    let isWrite = word == "WITH"
    findings.add(
      .error,
      isWrite ? "statement is a WITH that writes, not a SELECT" : "statement is \(word), not a SELECT",
      hint: source.role == .report
        ? "A definition is one SELECT; where its rows go is said in the metadata, under \"materialize\"."
        : "A check is one SELECT.",
      at: source.place(token.start))
  }

  private mutating func refuseWrites(_ statement: Int) {
    let nodes = tree.all(
      ["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "intoClause", "LockingClause"], in: statement)
    for (writes, word) in zip(nodes, ["INSERT", "UPDATE", "DELETE", "MERGE"]) {
      for write in writes {
        let target = tree.child(write, "relation").flatMap(tree.location)
        refuse(
          "\(word) inside of a SELECT", "Reports only read; the metadata says where the rows go.", word,
          before: target)
      }
    }
    for into in nodes[4] {
      let target = tree.child(into, "rel").flatMap(tree.location)
      refuse(
        "SELECT INTO is not supported", "Remove INTO; \"materialize.table\" in the metadata names the table.",
        "INTO",
        before: target)
    }
    if !nodes[5].isEmpty {
      let place = zip(tokens, tokens.dropFirst()).first { pair in
        isWord(pair.0, ["FOR"]) && isWord(pair.1, ["UPDATE", "SHARE", "NO", "KEY"])
      }?.0
      findings.add(
        .error, "FOR UPDATE and FOR SHARE are not supported",
        hint: "Reports read from a replica, which cannot lock rows; remove the clause.",
        at: place.map { source.place($0.start) })
    }
  }

  private mutating func refuse(_ message: String, _ hint: String, _ word: String, before target: Int?) {
    let token = tokens.last { isWord($0, [word]) && $0.start < target ?? .max }
    findings.add(.error, message, hint: hint, at: token.map { source.place($0.start) })
  }

  private func isWord(_ token: PgQuery.Token, _ words: [String]) -> Bool {
    token.keyword > 0 && words.contains(source.slice(token).uppercased())
  }

  // MARK: Tables

  private mutating func readTables(_ statement: Int) {
    let expressions = Set(
      tree.all("CommonTableExpr", in: statement).compactMap { tree.text($0, "ctename") })
    var known = Set<QualifiedName>()
    var refused = Set<String>()
    for table in tree.all("RangeVar", in: statement) {
      guard let name = tree.text(table, "relname") else { continue }
      let offset = tree.location(table) ?? 0
      if let database = tree.text(table, "catalogname") {
        findings.add(
          .error, "table \"\(name)\" is named with the database \"\(database)\"",
          hint: "Write schema.name; a report reads the database that its environment connects to.",
          at: source.place(offset))
      } else if let schema = tree.text(table, "schemaname") {
        let qualified = QualifiedName(schema: schema, name: name)
        if known.insert(qualified).inserted {
          reads.append(TableRead(name: qualified, place: source.place(offset)))
        }
      } else if !expressions.contains(name), !isStaging(at: offset), refused.insert(name).inserted {
        refuseUnqualified(name, offset)
      }
    }
  }

  private mutating func refuseUnqualified(_ name: String, _ offset: Int) {
    let isStaging = source.role == .check && name == "staging"
    let hint =
      isStaging
      ? "Write \":staging\" for the staging table."
      : "Write the schema too, schema.\(name): sessions run with an empty search path."
    findings.add(.error, "table \"\(name)\" has no schema", hint: hint, at: source.place(offset))
  }

  // MARK: The staging table

  private func isStaging(at offset: Int) -> Bool {
    references.contains { $0.name == "staging" && $0.utf8Range.lowerBound == offset }
  }

  /// `:staging` has to be a table of FROM: elsewhere its replacement would not have the structure that was parsed.
  private mutating func checkStaging(_ statement: Int) {
    let places = references.filter { $0.name == "staging" }.map(\.utf8Range.lowerBound)
    guard source.role == .check else {
      for place in places {
        findings.add(
          .error, "\":staging\" is not known here",
          hint: "It stands for the staging table, in the SQL of checks.", at: source.place(place))
      }
      return
    }
    let tables = Set(tree.all("RangeVar", in: statement).compactMap(tree.location))
    for place in places where !tables.contains(place) {
      findings.add(
        .error, "\":staging\" is a table and cannot stand here",
        hint: "Write \"from :staging s\" and s.column.", at: source.place(place))
    }
    if places.isEmpty {
      findings.add(
        .warning, "check does not read \":staging\"",
        hint: "Only the staging table holds the rows that are about to be published.", at: source.place(0))
    }
  }
}
