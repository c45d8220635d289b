import ReportModel

/// What the definitions alone do not say.
package struct AssetContext: Sendable {
  /// Columns and their types by the catalogs; tables that do not exist are missing.
  package var tables: [QualifiedName: [Column]]
  /// An IANA name: where the days of a dashboard's own datasets begin.
  package var timezone: String
  /// The most rows that Superset gives a chart.
  package var maxRows: Int

  package init(
    tables: [QualifiedName: [Column]] = [:], timezone: String = "UTC", maxRows: Int = 100_000
  ) {
    self.tables = tables
    self.timezone = timezone
    self.maxRows = maxRows
  }
}

extension SupersetDataset {
  /// The dataset with the types of its table.
  ///
  /// - Parameter table: nil when the table does not exist; the definition's types stay.
  func typed(by table: [Column]?) -> SupersetDataset {
    guard let table else { return self }
    let types = Dictionary(table.map { ($0.name, $0.type) }) { first, _ in first }
    var dataset = self
    for index in columns.indices {
      if let type = types[columns[index].name] { dataset.columns[index].type = type }
    }
    if !isComplete {
      dataset.columns += table.filter { column($0.name) == nil }
      dataset.isComplete = true
    }
    return dataset
  }

  /// The dataset as charts use it, with computed columns in place of those that Superset would show wrongly:
  ///
  /// - Moments as local times without a zone. Superset rounds a `timestamptz` in the session's time zone and shows it in
  ///   UTC, so that a day of another zone would begin on the day before.
  /// - Percentages as parts of one, because d3 multiplies what it writes with a percent sign.
  /// - Series, and slices beside which others are summed up, as texts: Superset calls the sum "Others", and a series of
  ///   whole numbers and a null "1.0".
  ///
  /// The table's own columns stay, for charts that people make.
  func shown() -> SupersetDataset {
    var dataset = self
    var names = Set(columns.map(\.name) + settings.computed.map(\.name))
    for column in columns {
      guard var computed = replacement(of: column) else { continue }
      while !names.insert(computed.name).inserted { computed.name += "_" }
      dataset.replaced[column.name] = computed.name
      dataset.settings.computed.append(computed)
    }
    for index in settings.computed.indices where settings.computed[index].format == .percent {
      dataset.settings.computed[index].sql = Self.part(settings.computed[index].sql)
    }
    for index in settings.metrics.indices where settings.metrics[index].format == .percent {
      dataset.settings.metrics[index].sql = Self.part(settings.metrics[index].sql)
    }
    let replaced = dataset.replaced
    func used(_ name: String) -> String { replaced[name] ?? name }
    dataset.timeColumn = timeColumn.map(used)
    for index in settings.charts.indices {
      var chart = settings.charts[index]
      chart.x = chart.x.map(used)
      if chart.type == .pie, chart.limit != nil { chart.x = chart.x.map { dataset.text($0, &names) } }
      chart.series = chart.series.map { dataset.text(used($0), &names) }
      chart.columns = chart.columns.map(used)
      for key in chart.order.indices where chart.y.isEmpty || metric(chart.order[key].column) == nil {
        chart.order[key].column = used(chart.order[key].column)
      }
      dataset.settings.charts[index] = chart
    }
    return dataset
  }

  /// The column itself where it is a text, or a computed one with its text.
  private mutating func text(_ name: String, _ names: inout Set<String>) -> String {
    guard let kind = type(of: name)?.kind, kind != .text else { return name }
    let sql = "\(expression(name))::text"
    if let made = settings.computed.first(where: { $0.sql == sql }) { return made.name }
    var computed = SupersetSettings.ComputedColumn(name: name + "_text", sql: sql, type: "text")
    while !names.insert(computed.name).inserted { computed.name += "_" }
    let column = self.column(name) ?? settings.computed.first { $0.name == name }?.column
    computed.title = column?.title ?? name
    computed.description = column?.description
    settings.computed.append(computed)
    return computed.name
  }

  private func metric(_ name: String) -> SupersetSettings.Metric? { settings.metric(name) }

  private func replacement(of column: Column) -> SupersetSettings.ComputedColumn? {
    let name = SQLQuote.identifier(column.name)
    let title = column.title ?? column.name
    if ColumnType(column, isTime: false).kind == .timestamptz, timezone != "UTC" {
      return .init(
        name: column.name + "_local", title: title, description: column.description,
        sql: "\(name) at time zone \(SQLQuote.literal(timezone))", type: "timestamp", format: .date)
    }
    if column.format == .percent {
      return .init(
        name: column.name + "_part", title: title, description: column.description, sql: Self.part(name),
        type: "numeric", format: .percent)
    }
    return nil
  }

  private static func part(_ sql: String) -> String { "(\(sql)) / 100.0" }

  // MARK: Columns of charts

  /// The expression of a column in SQL; computed ones in parentheses.
  func expression(_ name: String) -> String {
    settings.computed.first { $0.name == name }.map { "(\($0.sql))" } ?? SQLQuote.identifier(name)
  }

  /// nil for a column that the definition does not list.
  func type(of name: String) -> ColumnType? {
    let column = self.column(name) ?? settings.computed.first { $0.name == name }?.column
    return column.map { ColumnType($0, isTime: name == timeColumn) }
  }

  /// The format of a column; a metric can have the same name.
  func format(ofColumn name: String) -> Column.Format? {
    column(name)?.format ?? settings.computed.first { $0.name == name }?.format
  }

  /// Whether a column's numbers name things: those without a format, and those of the unique key.
  func isIdentifier(_ name: String) -> Bool {
    guard let column = column(name), ColumnType(column, isTime: false).kind == .integer else { return false }
    return column.format == nil || column.format == .integer && key.contains(name)
  }
}
