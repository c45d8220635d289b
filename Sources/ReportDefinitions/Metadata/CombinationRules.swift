import ReportModel

/// Which keys each materialization takes.
///
/// | key                            | table       | incremental | merge       | append      | view | none        |
/// |--------------------------------|-------------|-------------|-------------|-------------|------|-------------|
/// | `materialize.table`            | required    | required    | required    | required    | required | –       |
/// | `period`                       | any         | required    | any         | required    | –    | any         |
/// | `start`                        | with period | required    | with period | required    | –    | with period |
/// | `catch_up`                     | with period | optional    | with period | optional    | –    | with period |
/// | `time_column`                  | –           | required    | with period | optional    | –    | –           |
/// | `unique_key`                   | optional    | optional    | required    | optional    | –    | –           |
/// | `lookback`                     | with period | optional    | with period | –           | –    | with period |
/// | `retention`                    | –           | optional    | –           | with `time_column` | – | –        |
/// | `on_change: restate`           | with period | optional    | with period | –           | –    | with period |
/// | `expect_within`                | optional    | optional    | optional    | optional    | –    | optional    |
/// | `batch` over 1                 | –           | optional    | –           | –           | –    | –           |
/// | `delete: interval`             | –           | –           | with period and `time_column` | – | – | –       |
/// | `on_schema_change`, `indexes`  | optional    | optional    | optional    | optional    | –    | –           |
/// | `on_schema_change: rebuild`    | optional    | optional    | –           | –           | –    | –           |
/// | `grants`                       | optional    | optional    | optional    | optional    | optional | –       |
/// | `checks`                       | optional    | optional    | optional    | optional    | –    | optional    |
/// | `parameters`, `:start`, `:end` | optional    | optional    | optional    | optional    | –    | optional    |
///
/// "with period" means only with a period other than `none`. `:start` and `:end` always need one.
struct CombinationRules {
  let root: YAMLNode
  let metadata: Metadata

  func check(_ findings: inout Findings) {
    guard let value = metadata.materialization, metadata.period != nil else { return }
    checkRequired(value, &findings)
    checkPeriod(value, &findings)
    checkKeysOfKind(value, &findings)
    checkLookback(value, &findings)
    checkRetention(value, &findings)
    checkOnChange(value, &findings)
    checkDelete(value, &findings)
    checkRebuild(value, &findings)
    checkIndexes(&findings)
    if value.kind == .view { checkView(&findings) }
  }

  private var hasPeriod: Bool { metadata.period != Period.none }

  private func entry(_ key: String) -> YAMLEntry? { root["materialize"]?.entry(key) }

  private func refuse(_ key: String, _ reason: String, _ hint: String, _ findings: inout Findings) {
    guard let entry = entry(key) else { return }
    findings.add(.error, "\"\(key)\" \(reason)", hint: hint, at: entry.keyPlace)
  }

  // MARK: Rules

  /// An index has at most 32 columns, of which the server would complain only at the first publish.
  private func checkIndexes(_ findings: inout Findings) {
    let lists = [entry("unique_key")?.value].compactMap(\.self) + (entry("indexes")?.value.items ?? [])
    for list in lists {
      guard let count = list.items?.count, count > 32 else { continue }
      findings.add(
        .error, "\(count) columns are too many for an index", hint: "PostgreSQL takes 32.",
        at: list.place)
    }
  }

  private func checkRequired(_ value: Materialization, _ findings: inout Findings) {
    func need(_ key: String, _ hint: String) {
      guard entry(key) == nil else { return }
      findings.add(
        .error, "\"\(value.kind.rawValue)\" needs \"\(key)\"", hint: hint,
        at: root["materialize"]?["as"]?.place)
    }
    if value.kind != .none { need("table", "Add \"table: schema.name\" under \"materialize\".") }
    if value.kind == .incremental {
      need("time_column", "Name the column by which a row belongs to its interval.")
    }
    if value.kind == .merge { need("unique_key", "Name the columns that make a row unique.") }
  }

  private func checkPeriod(_ value: Materialization, _ findings: inout Findings) {
    if value.kind == .incremental || value.kind == .append, !hasPeriod {
      findings.add(
        .error, "\"\(value.kind.rawValue)\" needs a period",
        hint: "Add \"period: day\", \"week\" or \"month\" and \"start\", or use \"as: table\".",
        at: root["period"]?.place ?? root["materialize"]?["as"]?.place)
    }
    guard value.kind != .view else { return }
    if !hasPeriod, let catchUp = root.entry("catch_up") {
      findings.add(
        .error, "\"catch_up\" needs a period", hint: "Without one each run computes all rows; remove it.",
        at: catchUp.keyPlace)
    }
    if hasPeriod, root["start"] == nil {
      findings.add(
        .error, "key \"start\" is missing",
        hint: "Name the first day that has data, such as \"start: 2024-01-01\"; a period needs it.",
        at: root.entry("period")?.keyPlace)
    }
    if !hasPeriod, value.kind != .incremental, value.kind != .append, let start = root.entry("start") {
      findings.add(
        .error, "\"start\" needs a period", hint: "Add \"period: day\", \"week\" or \"month\", or remove it.",
        at: start.keyPlace)
    }
  }

  private func checkKeysOfKind(_ value: Materialization, _ findings: inout Findings) {
    let kind = value.kind
    let reason = "does not go with \"as: \(kind.rawValue)\""
    let hint: String
    var keys: [String] = []
    switch kind {
    case .none:
      hint = "There is no table to apply it to: \"none\" only writes files."
      keys = ["table", "time_column", "unique_key", "indexes", "grants", "on_schema_change"]
    case .view:
      hint = "A view has no rows of its own; remove it."
      keys = ["time_column", "unique_key", "lookback", "indexes", "on_schema_change"]
    case .table:
      hint = "\"table\" replaces the whole relation; use \"incremental\" to replace one interval's rows."
      keys = ["time_column"]
    case .incremental, .merge, .append:
      hint = ""
    }
    for key in keys { refuse(key, reason, hint, &findings) }
    if kind != .incremental, value.batch > 1 {
      refuse("batch", reason, "Only \"incremental\" can compute several intervals at once.", &findings)
    }
    if kind == .merge, !hasPeriod {
      refuse("time_column", "needs a period", "Add \"period\" and \"start\", or remove it.", &findings)
    }
  }

  private func checkLookback(_ value: Materialization, _ findings: inout Findings) {
    guard value.lookback > 0, value.kind != .view else { return }
    if value.kind == .append {
      refuse(
        "lookback", "does not go with \"as: append\"",
        "\"append\" never runs a published interval again; use \"merge\" or \"incremental\" for late rows.",
        &findings)
    } else if !hasPeriod, value.kind != .incremental {
      refuse("lookback", "needs a period", "Without one each run computes all rows; remove it.", &findings)
    }
  }

  private func checkRetention(_ value: Materialization, _ findings: inout Findings) {
    guard entry("retention") != nil else { return }
    switch value.kind {
    case .incremental: break
    case .append:
      guard value.timeColumn == nil else { return }
      refuse(
        "retention", "needs \"time_column\"", "It says which rows belong to the interval that expires.",
        &findings)
    case .table, .merge, .view, .none:
      refuse(
        "retention", "does not go with \"as: \(value.kind.rawValue)\"",
        value.kind == .none
          ? "There are no rows to expire; \"export.keep\" says how many intervals have files."
          : "Only rows that belong to one interval can expire with it: those of \"incremental\" and \"append\".",
        &findings)
    }
  }

  private func checkOnChange(_ value: Materialization, _ findings: inout Findings) {
    guard value.onChange == .restate else { return }
    switch value.kind {
    case .incremental: break
    case .append:
      refuse(
        "on_change", "does not go with \"as: append\"",
        "\"append\" never runs a published interval again; use \"incremental\".", &findings)
    case .view:
      refuse(
        "on_change", "does not go with \"as: view\"", "A view has no rows of its own; remove it.", &findings)
    case .table, .merge, .none:
      guard !hasPeriod else { return }
      refuse(
        "on_change", "needs a period", "Without one each run computes all rows; remove it.", &findings)
    }
  }

  private func checkDelete(_ value: Materialization, _ findings: inout Findings) {
    guard value.deletesInterval else { return }
    if value.kind != .merge {
      refuse("delete", "does not go with \"as: \(value.kind.rawValue)\"", "Only \"merge\" has it.", &findings)
    } else if !hasPeriod || value.timeColumn == nil {
      refuse(
        "delete", "needs a period and \"time_column\"", "They say which rows belong to the interval.",
        &findings)
    }
  }

  private func checkRebuild(_ value: Materialization, _ findings: inout Findings) {
    guard value.onSchemaChange == .rebuild, value.kind == .merge || value.kind == .append else { return }
    findings.add(
      .error, "\"on_schema_change: rebuild\" does not go with \"as: \(value.kind.rawValue)\"",
      hint: "Its table keeps rows that cannot be computed again; use \"add\" or \"fail\".",
      at: entry("on_schema_change")?.keyPlace)
  }

  private func checkView(_ findings: inout Findings) {
    let hints = [
      ("parameters", "A view's SQL is fixed when it is created; use \"table\", or remove them."),
      ("checks", "Checks read staged rows, and a view stages none; check the tables that it reads."),
      ("period", "A view has no intervals; remove it."),
      ("start", "A view has no intervals; remove it."),
      ("catch_up", "A view has no intervals; remove it."),
      ("expect_within", "A view is as fresh as the tables it reads; set it for their reports."),
    ]
    for (key, hint) in hints {
      guard let entry = root.entry(key), key != "period" || hasPeriod else { continue }
      let isEmpty = (entry.value.entries?.isEmpty ?? false) || (entry.value.items?.isEmpty ?? false)
      if isEmpty { continue }
      findings.add(.error, "\"\(key)\" does not go with \"as: view\"", hint: hint, at: entry.keyPlace)
    }
  }
}
