import ReportModel

/// Reads a dashboard's file; `DashboardRules` compares it with the reports.
struct DashboardReader {
  private let root: YAMLNode
  private let lines: YAMLLines
  private let types: TypeCache
  private(set) var findings: Findings
  private(set) var dashboard: Dashboard
  /// Where charts and columns of filters are named, in the order of reading.
  private(set) var chartPlaces: [(chart: Dashboard.ChartName, place: SourcePlace)] = []
  private(set) var exceptPlaces: [(chart: Dashboard.ChartName, place: SourcePlace)] = []
  private(set) var filterPlaces: [(column: String, place: SourcePlace)] = []
  private(set) var datasetPlaces: [String: SourcePlace] = [:]

  init(_ root: YAMLNode, text: String, name: String, file: String, types: TypeCache) {
    self.root = root
    lines = YAMLLines(text)
    self.types = types
    findings = Findings(file: file)
    dashboard = Dashboard(name: name, title: "", file: file)
  }

  mutating func read() {
    var checker = ShapeChecker(findings: findings)
    checker.check(root, DashboardKeys.root)
    findings = checker.findings
    guard root.entries != nil else { return }
    dashboard.title = root["title"]?.text ?? ""
    dashboard.description = root["description"]?.text
    dashboard.owner = root["owner"]?.text
    for entry in root["datasets"]?.entries ?? [] { readDataset(entry) }
    for item in root["filters"]?.items ?? [] { readFilter(item) }
    for item in root["rows"]?.items ?? [] { readRow(item) }
  }

  // MARK: Rows

  private mutating func readRow(_ node: YAMLNode) {
    var row = Dashboard.Row(title: node["title"]?.text, places: [])
    row.height = node["height"]?.integer ?? row.height
    let items = node.items ?? node["charts"]?.items ?? []
    for item in items {
      guard let written = item["chart"] ?? (item.entries == nil ? item : nil),
        let chart = written.text.flatMap(Dashboard.ChartName.init(written:))
      else { continue }
      chartPlaces.append((chart, written.place))
      row.places.append(.init(chart: chart, width: item["width"]?.integer))
    }
    let given = row.places.compactMap(\.width).reduce(0, +)
    if given + row.places.filter({ $0.width == nil }).count > 12 {
      findings.add(
        .error, "the charts of a row do not fit into 12 twelfths", hint: "Make them narrower, or add a row.",
        at: node.place)
    }
    dashboard.rows.append(row)
  }

  // MARK: Filters

  private mutating func readFilter(_ node: YAMLNode) {
    guard let kind: Dashboard.Filter.Kind = node["type"]?.word(), let title = node["title"]?.text else {
      return
    }
    let initial = node["default"]?.texts ?? []
    let filter = Dashboard.Filter(
      kind: kind, title: title, column: node["column"]?.text,
      initial: initial.isEmpty ? [node["default"]?.text].compactMap { $0 } : initial,
      isSingle: node["single"]?.text == "true",
      except: readExcept(node["except"]))
    switch kind {
    case .time:
      for key in ["column", "single"] {
        guard let entry = node.entry(key) else { continue }
        findings.add(
          .error, "\"\(key)\" does not go with \"type: time\"",
          hint: "A time filter uses each chart's own time column.", at: entry.keyPlace)
      }
    case .select:
      if let column = node["column"], let name = column.text {
        filterPlaces.append((name, column.place))
      } else {
        findings.add(
          .error, "\"select\" needs \"column\"", hint: "Name the column whose values are chosen.",
          at: node["type"]?.place)
      }
      if filter.isSingle, filter.initial.count != 1 {
        findings.add(
          .error, "\"single\" needs one value as \"default\"",
          hint: "One value is always chosen, so there must be a first one.",
          at: node.entry("single")?.keyPlace)
      }
    }
    dashboard.filters.append(filter)
  }

  private mutating func readExcept(_ node: YAMLNode?) -> [Dashboard.ChartName] {
    (node?.items ?? []).compactMap { item in
      guard let chart = item.text.flatMap(Dashboard.ChartName.init(written:)) else { return nil }
      exceptPlaces.append((chart, item.place))
      return chart
    }
  }

  // MARK: Datasets

  private mutating func readDataset(_ entry: YAMLEntry) {
    datasetPlaces[entry.key] = entry.keyPlace
    let node = entry.value
    var reader = SupersetReader(lines: lines, findings: findings)
    let settings = reader.read(node)
    findings = reader.findings
    guard let table = node["table"]?.text.flatMap(QualifiedName.init(written:)) else { return }
    let columns = (node["columns"]?.entries ?? []).map { readColumn($0) }
    let names = columns.map(\.name)
    var uses = reader.columnUses
    if let time = node["time_column"], let name = time.text {
      uses.append(.init(name: name, place: time.place))
    }
    for use in uses where !names.contains(use.name) {
      findings.add(
        .error, "column \"\(excerpt(use.name))\" is not under \"columns\"",
        hint: Suggestion.hint(for: use.name, among: names) ?? "Its columns are \(quotedList(names)).",
        at: use.place
      )
    }
    dashboard.datasets.append(
      SupersetDataset(
        name: entry.key, title: node["title"]?.text ?? "", description: node["description"]?.text,
        owner: node["owner"]?.text, table: table, timeColumn: node["time_column"]?.text, columns: columns,
        settings: settings))
  }

  private mutating func readColumn(_ entry: YAMLEntry) -> Column {
    let value = entry.value
    if let node = value["type"], let type = node.text, types.canonical(type) == nil {
      findings.add(
        .error, "type \"\(excerpt(type))\" is not the name of a type",
        hint: "Write one type as in SQL, such as \"numeric(14,2)\".", at: node.place)
    }
    return Column(
      name: entry.key, title: value["title"]?.text, description: value["description"]?.text,
      type: value["type"]?.text, format: value["format"]?.word())
  }
}
