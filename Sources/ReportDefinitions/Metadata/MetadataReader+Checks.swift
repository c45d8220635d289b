import ReportModel

extension MetadataReader {
  mutating func readChecks() {
    for item in root["checks"]?.items ?? [] {
      guard let entry = item.entries?.first, let rule = readRule(entry.key, entry.value) else { continue }
      let severity: Check.Severity = entry.value["severity"]?.word() ?? .error
      metadata.checks.append(Check(rule: rule, severity: severity, place: entry.keyPlace))
    }
  }

  private mutating func readRule(_ name: String, _ node: YAMLNode) -> Check.Rule? {
    switch name {
    case "not_null": return .notNull(columns: columnNames(node["columns"] ?? node))
    case "unique": return .unique(columns: columnNames(node["columns"] ?? node))
    case "range":
      return noteColumn(node["column"]).map {
        .range(column: $0, min: node["min"]?.text, max: node["max"]?.text)
      }
    case "accepted_values":
      let values = node["values"]?.texts ?? []
      return noteColumn(node["column"]).map { .acceptedValues(column: $0, values: values) }
    case "rows": return readRows(node)
    case "relationships":
      guard let column = noteColumn(node["column"]), let field = node["field"]?.text,
        let to = node["to"]?.text.flatMap(QualifiedName.init(written:))
      else { return nil }
      metadata.checkReads.insert(to)
      metadata.primaryCheckReads.insert(to)
      metadata.checkMentions.relations.insert(to)
      metadata.checkMentions.columns.insert(field)
      return .relationships(column: column, to: to, field: field)
    case "sql": return readSQL(node["query"] ?? node, .check).map { .sql($0) }
    case "reconcile":
      let staging = node["staging"].flatMap { readSQL($0, .check) }
      let source = node["source"].flatMap { readSQL($0, .source) }
      guard let staging, let source else { return nil }
      return .reconcile(staging: staging, source: source)
    default: return nil
    }
  }

  private mutating func readRows(_ node: YAMLNode) -> Check.Rule {
    let (min, max) = (node["min"]?.integer, node["max"]?.integer)
    if let min, let max, min > max {
      findings.add(.error, "\"min\" is greater than \"max\"", at: node["min"]?.place)
    }
    return .rows(min: min, max: max)
  }

  /// Findings have the place in the metadata file where `EmbeddedText` knows it, else that of the whole text.
  private mutating func readSQL(_ node: YAMLNode, _ role: SQLText.Role) -> QueryText? {
    guard let sql = node.text, !sql.isEmpty else { return nil }
    let places = EmbeddedText(node, in: lines)
    var analyzer = QueryAnalyzer(SQLText(sql, role: role, place: places.place), file: findings.file)
    let analysis = analyzer.analyze()
    let rules = ParameterRules(metadata: metadata, metadataFile: findings.file)
    var found = analyzer.findings
    if let analysis {
      let known = analysis.query.references.filter { $0.name != "staging" }
      rules.check(known, place: places.place, &found)
      metadata.checkReferences.formUnion(known.map(\.name))
      let reads = analysis.reads.map(\.name)
      metadata.checkReads.formUnion(reads)
      if role == .source {
        metadata.sourceReads.formUnion(reads)
      } else {
        metadata.primaryCheckReads.formUnion(reads)
      }
      metadata.checkMentions.formUnion(analysis.mentions)
    }
    findings.add(found)
    return analysis?.query
  }
}
