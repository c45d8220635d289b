import ReportModel

/// Writes single assets, with the keys that an import needs and those whose value matters.
struct AssetWriter {
  static let version = "1.0.0"

  let project: String
  let texts: Texts
  var maxRows = AssetContext().maxRows

  func id(_ kind: AssetName.Kind, _ name: String) -> AssetID { AssetName(kind, name).id(in: project) }

  func asset(_ name: AssetName, title: String, _ members: [(String, OrderedJSON)]) -> Asset {
    let id = name.id(in: project)
    let end: [(String, OrderedJSON)] = [("uuid", .text(id.description)), ("version", .text(Self.version))]
    return Asset(
      name: name, id: id, title: title, path: "\(name.kind.rawValue)s/\(name.name).yaml",
      content: .object(members + end))
  }

  // MARK: Database

  func database(_ name: String, uri: String) -> Asset {
    asset(
      AssetName(.database, name), title: name,
      [
        ("database_name", .text(name)), ("sqlalchemy_uri", .text(uri)), ("cache_timeout", .null),
        ("expose_in_sqllab", .boolean(true)), ("allow_run_async", .boolean(false)),
        ("allow_ctas", .boolean(false)), ("allow_cvas", .boolean(false)), ("allow_dml", .boolean(false)),
        ("allow_csv_upload", .boolean(false)),
        (
          "extra",
          .object([("allows_virtual_table_explore", .boolean(true)), ("engine_params", Self.session)])
        ),
        ("is_managed_externally", .boolean(true)),
      ])
  }

  /// Superset converts the first day of a month to a timestamp and shows it in UTC. With another time zone on the server it
  /// would show the last day of the month before.
  private static let session = OrderedJSON.object([
    ("connect_args", .object([("options", .text("-c timezone=UTC"))]))
  ])

  // MARK: Datasets

  func dataset(_ dataset: SupersetDataset) -> Asset {
    let name = AssetName(.dataset, dataset.name)
    let certification = Certification(name, owner: dataset.owner)
    let columns =
      dataset.columns.map { column($0, of: dataset) }
      + dataset.settings.computed.map { computed($0, of: dataset) }
    return asset(
      name, title: dataset.table.description,
      [
        ("table_name", .text(dataset.table.name)), ("schema", .text(dataset.table.schema)),
        ("main_dttm_col", .optional(dataset.timeColumn)),
        ("description", .text(description(of: dataset))),
        ("cache_timeout", .null), ("catalog", .null), ("sql", .null), ("params", .null),
        ("template_params", .null), ("filter_select_enabled", .boolean(true)), ("offset", .integer(0)),
        ("normalize_columns", .boolean(false)), ("always_filter_main_dttm", .boolean(false)),
        (
          "extra",
          .object([
            (
              "certification",
              .object([
                ("certified_by", .text(certification.owner)), ("details", .text(certification.details)),
              ])
            )
          ])
        ),
        ("columns", .list(columns)), ("metrics", .list(dataset.settings.metrics.map(metric))),
        ("is_managed_externally", .boolean(true)),
        ("database_uuid", .text(id(.database, project).description)),
      ])
  }

  /// Begins with the title, because a dataset in Superset is named after its table.
  private func description(of dataset: SupersetDataset) -> String {
    texts[dataset.title] + (texts[dataset.description].map { ". " + $0 } ?? "")
  }

  private func column(_ column: Column, of dataset: SupersetDataset) -> OrderedJSON {
    var shown = column
    // Beside the computed column that charts show by this title.
    if let title = texts[column.title], dataset.replaced[column.name] != nil {
      shown.title = title + (column.format == .percent ? " (0–100)" : " (UTC)")
    } else {
      shown.title = texts[column.title]
    }
    return columnMembers(
      shown, ColumnType(column, isTime: column.name == dataset.timeColumn), expression: nil)
  }

  private func computed(_ column: SupersetSettings.ComputedColumn, of dataset: SupersetDataset) -> OrderedJSON
  {
    var shown = column.column
    shown.title = texts[column.title]
    return columnMembers(
      shown, ColumnType(column.column, isTime: column.name == dataset.timeColumn), expression: column.sql)
  }

  private func columnMembers(_ column: Column, _ type: ColumnType, expression: String?) -> OrderedJSON {
    // Without this key an import keeps the type that Superset has read from the table.
    let typed: [(String, OrderedJSON)] = type.text.map { [("type", .text($0))] } ?? []
    return .object(
      [
        ("column_name", .text(column.name)), ("verbose_name", .optional(column.title)),
        ("description", .optional(texts[column.description])), ("is_dttm", .boolean(type.isTime)),
        ("is_active", .boolean(true)), ("groupby", .boolean(true)), ("filterable", .boolean(true)),
        ("expression", .optional(expression)), ("python_date_format", .null), ("extra", .null),
      ] + typed)
  }

  private func metric(_ metric: SupersetSettings.Metric) -> OrderedJSON {
    .object([
      ("metric_name", .text(metric.name)), ("verbose_name", .optional(texts[metric.title])),
      ("description", .optional(texts[metric.description])), ("metric_type", .null),
      ("expression", .text(metric.sql)), ("d3format", .optional(NumberFormat.d3(metric.format))),
      ("extra", .null), ("warning_text", .null),
    ])
  }

  // MARK: Charts

  func chart(_ chart: SupersetChart, of dataset: SupersetDataset) -> Asset {
    let name = AssetName(.chart, "\(dataset.name)/\(chart.name)")
    let certification = Certification(name, owner: dataset.owner)
    let drawing = ChartDrawing(chart, of: dataset, texts: texts, maxRows: maxRows)
    let description = [texts[chart.description], LimitNote.text(chart, of: dataset, texts)].compactMap(\.self)
    return asset(
      name, title: texts[chart.title],
      [
        ("slice_name", .text(texts[chart.title])),
        ("description", .optional(description.isEmpty ? nil : description.joined(separator: " "))),
        ("certified_by", .text(certification.owner)), ("certification_details", .text(certification.details)),
        ("viz_type", .text(drawing.visualization)), ("params", drawing.params),
        ("query_context", .text(drawing.query.context().compact)), ("cache_timeout", .null),
        ("is_managed_externally", .boolean(true)),
        ("dataset_uuid", .text(id(.dataset, dataset.name).description)),
      ])
  }
}
