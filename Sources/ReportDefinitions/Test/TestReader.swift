import ReportModel

/// Reads a test file: checks every key against its table, then applies the rules across keys.
struct TestReader {
  private let root: YAMLNode
  private let lines: YAMLLines
  /// Nil when the report has errors: the tests are then not compared with it.
  private let rules: TestRules?
  private(set) var findings: Findings
  private(set) var tests: [ReportTest] = []
  private var common = TestSetting()

  init(_ root: YAMLNode, text: String, file: String, rules: TestRules?) {
    self.root = root
    lines = YAMLLines(text)
    self.rules = rules
    findings = Findings(file: file)
  }

  mutating func read() {
    var checker = ShapeChecker(findings: findings)
    checker.check(root, TestKeys.root)
    findings = checker.findings
    guard root.entries != nil else { return }
    common = readSetting(of: root)
    var places: [String: SourcePlace] = [:]
    for item in root["tests"]?.items ?? [] {
      if let name = item["name"], let text = name.text {
        if let first = places[text] {
          findings.add(
            .error, "there is another test \"\(excerpt(text))\"", hint: "It is in line \(first.line).",
            at: name.place)
        }
        places[text] = places[text] ?? name.place
      }
      readTest(item)
    }
  }

  private mutating func readTest(_ node: YAMLNode) {
    let place = node["name"]?.place ?? node.place
    let setting = readSetting(of: node).over(common)
    let expected = node["expect"].map { readExpected($0) } ?? ExpectedResult()
    rules?.check(expected, &findings)
    rules?.checkComplete(setting, at: place, &findings)
    tests.append(
      ReportTest(
        name: node["name"]?.text ?? "", place: place, intervals: setting.intervals ?? [],
        parameters: setting.parameters, given: setting.given, expected: expected))
  }

  // MARK: Setting

  /// Reads the keys that a test can have itself or take from the file's top level.
  private mutating func readSetting(of node: YAMLNode) -> TestSetting {
    var setting = TestSetting()
    setting.intervals = rules?.intervals(of: node, &findings)
    for entry in node["parameters"]?.entries ?? [] {
      if let value = rules?.value(of: entry, &findings) { setting.parameters[entry.key] = value }
    }
    for entry in node["given"]?.entries ?? [] {
      guard let table = QualifiedName(written: entry.key) else { continue }
      let given = GivenRows(table: table, place: entry.keyPlace, rows: readRows(entry.value))
      rules?.check(given, &findings)
      setting.given.append(given)
    }
    return setting
  }

  // MARK: Rows

  private mutating func readRows(_ node: YAMLNode) -> [TestRow] {
    if let items = node.items { return items.compactMap { readRow($0) } }
    guard case .scalar(let text, let style) = node.content, !node.isNull else { return [] }
    guard style == .literal || style == .quoted else {
      findings.add(
        .error, "rows are one line of text",
        hint: "Begin them with \"|\", which keeps lines apart; write no rows as [].", at: node.place)
      return []
    }
    let places = EmbeddedText(node, in: lines)
    var compact = CompactRows(text, place: places.place)
    let rows = compact.read(&findings)
    for row in rows { for cell in row.cells { requireNoNUL(cell) } }
    return rows
  }

  private mutating func readRow(_ node: YAMLNode) -> TestRow? {
    guard let entries = node.entries else { return nil }
    let cells = entries.map { entry in
      TestRow.Cell(
        column: entry.key, columnPlace: entry.keyPlace, value: value(entry.value), place: entry.value.place)
    }
    return TestRow(cells: cells, place: node.place)
  }

  private func value(_ node: YAMLNode) -> TestValue {
    if let items = node.items { return .list(items.map(value)) }
    return node.text.map(TestValue.text) ?? .null
  }

  private mutating func requireNoNUL(_ cell: TestRow.Cell) {
    guard cell.value.sqlText?.utf8.contains(0) ?? false else { return }
    findings.add(.error, "\"\(excerpt(cell.column))\" has a NUL, which no value can hold", at: cell.place)
  }

  // MARK: Result

  private mutating func readExpected(_ node: YAMLNode) -> ExpectedResult {
    guard node.entries != nil else { return ExpectedResult(rows: readRows(node)) }
    var expected = ExpectedResult(count: node["count"]?.integer)
    if let rows = node["rows"] { expected.rows = readRows(rows) }
    expected.isOrdered = node["ordered"]?.text == "true"
    if expected.isOrdered, expected.rows == nil {
      findings.add(
        .error, "\"ordered\" needs \"rows\"", hint: "Write the rows in their order.",
        at: node.entry("ordered")?.keyPlace)
    }
    if let rows = expected.rows, let count = expected.count, count >= 0, rows.count != count {
      findings.add(
        .error, "\"count\" is \(count), but \"rows\" has \(rows.count)",
        hint: "\"rows\" are all rows that come out; remove \"count\".", at: node["count"]?.place)
    }
    expected.checks = readChecks(node)
    return expected
  }

  private mutating func readChecks(_ node: YAMLNode) -> ExpectedChecks? {
    if let both = node.entry("checks"), node["fails"] != nil {
      findings.add(
        .error, "\"checks: pass\" does not go with \"fails\"", hint: "Remove one of them.", at: both.keyPlace)
    }
    if let fails = node.entry("fails") {
      return ExpectedChecks(failures: (fails.value.items ?? []).compactMap(failure), place: fails.keyPlace)
    }
    return node.entry("checks").map { ExpectedChecks(failures: [], place: $0.keyPlace) }
  }

  /// - Returns: nil for what the table of keys has refused.
  private func failure(_ node: YAMLNode) -> ExpectedChecks.Failure? {
    if let rule = node.text {
      return TestKeys.failures.contains(rule) ? .init(rule: rule, place: node.place) : nil
    }
    guard let entry = node.entries?.first, TestKeys.failure[entry.key] != nil else { return nil }
    return .init(rule: entry.key, column: entry.value.text, place: entry.keyPlace)
  }
}
