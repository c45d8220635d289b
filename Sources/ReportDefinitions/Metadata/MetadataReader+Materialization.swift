import ReportModel

extension MetadataReader {
  mutating func readMaterialization() {
    guard let node = root["materialize"], let kind: Materialization.Kind = node["as"]?.word() else { return }
    var value = Materialization(kind: kind)
    value.table = node["table"]?.text.flatMap(QualifiedName.init(written:))
    metadata.tablePlace = node["table"]?.place
    value.timeColumn = noteColumn(node["time_column"])
    value.uniqueKey = columnNames(node["unique_key"])
    value.lookback = node["lookback"]?.integer ?? 0
    value.batch = node["batch"]?.integer ?? 1
    value.deletesInterval = node["delete"]?.text == "interval"
    if let change: Materialization.SchemaChange = node["on_schema_change"]?.word() {
      value.onSchemaChange = change
    }
    if let change: Materialization.DefinitionChange = node["on_change"]?.word() { value.onChange = change }
    value.retention = node["retention"]?.text.flatMap(Retention.init)
    for index in node["indexes"]?.items ?? [] { value.indexes.append(columnNames(index)) }
    for entry in node["grants"]?.entries ?? [] {
      guard let privilege = Materialization.Grant.Privilege(rawValue: entry.key) else { continue }
      value.grants += entry.value.texts.map { .init(privilege: privilege, role: $0) }
    }
    metadata.materialization = value
  }
}
