import ReportModel

/// Reads a report's metadata file: checks every key against its table, then applies the rules across keys.
///
/// A wrong value is reported once and left out, so that the rest of the file is still checked.
struct MetadataReader {
  let root: YAMLNode
  /// Made once: a file can have thousands of checks.
  let lines: YAMLLines
  /// Most columns have one of a few types, and parsing one is slow.
  let types: TypeCache
  var findings: Findings
  var metadata = Metadata()

  init(_ root: YAMLNode, text: String, file: String, types: TypeCache) {
    self.root = root
    lines = YAMLLines(text)
    self.types = types
    self.findings = Findings(file: file)
  }

  mutating func read() {
    var checker = ShapeChecker(findings: findings)
    checker.check(root, ReportKeys.root)
    findings = checker.findings
    guard root.entries != nil else { return }
    readRoot()
    readParameters()
    readMaterialization()
    readColumns()
    readExport()
    readChecks()
    readSuperset()
    CombinationRules(root: root, metadata: metadata).check(&findings)
    PageRules(root: root, metadata: metadata).check(&findings)
  }

  private mutating func readRoot() {
    metadata.title = root["title"]?.text ?? ""
    metadata.description = root["description"]?.text
    metadata.owner = root["owner"]?.text
    metadata.tags = root["tags"]?.texts ?? []
    metadata.locale = root["locale"]?.text
    metadata.syntax = root["syntax"]?.word() ?? .parser
    if let period = root["period"] { metadata.period = period.word() }
    metadata.start = root["start"]?.text.flatMap(CalendarDate.init)
    metadata.catchesUp = root["catch_up"]?.text.map { $0 == "all" }
    metadata.allowsForeign = root["allow_foreign"]?.text == "true"
    if let expected = root["expect_within"]?.text {
      metadata.expectation = Duration.seconds(ofAge: expected).map { .withinSeconds($0) } ?? .never
    }
  }

  // MARK: Parameters

  private mutating func readParameters() {
    for entry in root["parameters"]?.entries ?? [] {
      metadata.parameterPlaces[entry.key] = entry.keyPlace
      guard let written = entry.value["type"]?.text else { continue }
      let isList = written.hasSuffix("[]")
      guard let type = Parameter.ScalarType(rawValue: isList ? String(written.dropLast(2)) : written) else {
        continue
      }
      var parameter = Parameter(
        name: entry.key, type: type, isList: isList, description: entry.value["description"]?.text)
      if let node = entry.value["default"] { parameter.defaultValue = readDefault(node, parameter) }
      metadata.parameters.append(parameter)
    }
  }

  private mutating func readDefault(_ node: YAMLNode, _ parameter: Parameter) -> Parameter.Value? {
    guard node.entries == nil else { return nil }
    if let value = parameter.value(node) { return value }
    findings.add(
      .error, "default of \"\(parameter.name)\" must be \(parameter.expected), but is \(node.shown)",
      hint: parameter.isList && node.items == nil ? "Write it in brackets, [a, b]." : nil, at: node.place)
    return nil
  }

  // MARK: Columns

  private mutating func readColumns() {
    for entry in root["columns"]?.entries ?? [] {
      metadata.columnUses.append(.init(name: entry.key, place: entry.keyPlace))
      let value = entry.value
      var column = Column(
        name: entry.key, title: value["title"]?.text, description: value["description"]?.text)
      column.format = value["format"]?.word()
      column.unit = value["unit"]?.text
      if let node = value["type"], let type = node.text {
        column.type = type
        readType(type, column.name, node.place)
      }
      metadata.columns.append(column)
    }
  }

  private mutating func readType(_ type: String, _ column: String, _ place: SourcePlace) {
    guard let canonical = types.canonical(type) else {
      findings.add(
        .error, "type \"\(excerpt(type))\" is not the name of a type",
        hint: "Write one type as in SQL, such as \"numeric(14,2)\".", at: place)
      return
    }
    metadata.canonicalTypes[column] = canonical
  }

  // MARK: Superset

  private mutating func readSuperset() {
    guard let entry = root.entry("superset"), entry.value.entries != nil else { return }
    if metadata.materialization?.kind == Materialization.Kind.none {
      findings.add(
        .error, "\"superset\" does not go with \"as: none\"", hint: "Superset reads tables and views.",
        at: entry.keyPlace)
    }
    var reader = SupersetReader(lines: lines, findings: findings)
    metadata.superset = reader.read(entry.value)
    findings = reader.findings
    metadata.columnUses += reader.columnUses
    let time = entry.value["time_column"]
    metadata.superset.timeColumn = time?.text
    if !metadata.superset.computed.contains(where: { $0.name == time?.text }) { noteColumn(time) }
  }

  // MARK: Names

  /// The texts of a list of columns, which are also added to the columns that the query has to give.
  mutating func columnNames(_ node: YAMLNode?) -> [String] {
    for item in node?.items ?? [] { noteColumn(item) }
    return node?.texts ?? []
  }

  @discardableResult
  mutating func noteColumn(_ node: YAMLNode?) -> String? {
    guard let node, let name = node.text, !name.isEmpty else { return nil }
    metadata.columnUses.append(.init(name: name, place: node.place))
    return name
  }
}
