import ReportModel

extension ReportDraft {
  /// The metadata file.
  package var yaml: String {
    var text = schema.map { "# yaml-language-server: $schema=\($0)\n" } ?? ""
    text += "title: \(WrittenYAML.scalar(title))\n"
    if let description { text += "description: \(WrittenYAML.scalar(description))\n" }
    text += "tags: [nightly]\n"
    if syntax == .server { text += "syntax: server\n" }
    if allowsForeign {
      text += "allow_foreign: true             # rows of another server: the as-of does not hold for them\n"
    }
    if !parameters.isEmpty {
      text += "parameters:                     # each needs a value, here or by --param\n"
      for parameter in parameters {
        let type = parameter.type.rawValue + (parameter.isList ? "[]" : "")
        text += "  \(WrittenYAML.scalar(parameter.name)): {type: \(WrittenYAML.scalar(type))}\n"
      }
    }
    text += periodLines + materializeLines + columnLines + checkLines + exportLines + supersetLines
    for note in notes { text += WrittenYAML.comment(note) }
    return text
  }

  private func line(_ text: String, _ note: String?) -> String {
    guard let note else { return text + "\n" }
    return text + String(repeating: " ", count: max(1, 32 - text.count)) + "# \(note)\n"
  }

  private var periodLines: String {
    guard period != .none else { return "" }
    return line("period: \(period.rawValue)", "day | week | month | none")
      + line("start: \(start.map(\.description) ?? "2024-01-01")", startNote ?? "the first day that has data")
  }

  private var materializeLines: String {
    var text = "materialize:\n"
    if let timeColumn {
      text += line("  as: incremental", "the rows of an interval are replaced by it")
      text += "  table: reports.\(Self.tableName(name))\n"
      text += line(
        "  time_column: \(WrittenYAML.scalar(timeColumn))", "a row belongs to the interval of this")
    } else {
      text += line("  as: table", "every run computes all rows, and writes those that differ")
      text += "  table: reports.\(Self.tableName(name))\n"
    }
    if !uniqueKey.isEmpty {
      text += line("  unique_key: \(WrittenYAML.list(uniqueKey))", keyNote)
    } else if let keyNote {
      text += line("  # unique_key: [column]", keyNote)
    }
    if lookback > 0 {
      text += line("  lookback: \(lookback)", "the newest intervals are computed again, for late rows")
    }
    if !indexes.isEmpty {
      text += "  indexes: [\(indexes.map(WrittenYAML.list).joined(separator: ", "))]\n"
    }
    if grants.isEmpty {
      text += line("  # grants: {select: [superset]}", "the roles that may read the table")
    } else {
      let privileges = Materialization.Grant.Privilege.allCases.compactMap { privilege -> String? in
        let roles = grants.filter { $0.privilege == privilege }.map(\.role)
        return roles.isEmpty ? nil : "\(privilege.rawValue): \(WrittenYAML.list(roles))"
      }
      text += "  grants: {\(privileges.joined(separator: ", "))}\n"
    }
    return text
  }

  private var columnLines: String {
    guard !columns.isEmpty else { return "" }
    return "columns:\n"
      + columns.map { column in
        let members = [
          "title: " + WrittenYAML.scalar(Self.words(column.name)),
          column.description.map { "description: " + WrittenYAML.scalar($0) },
          column.type.map { "type: " + WrittenYAML.scalar($0) },
          column.format.map { "format: " + $0.rawValue },
        ]
        return
          "  \(WrittenYAML.scalar(column.name)): {\(members.compactMap(\.self).joined(separator: ", "))}\n"
      }.joined()
  }

  private var checkLines: String {
    guard !checks.isEmpty else { return "" }
    return line("checks:", "before anything is published") + checks.map(checkLine).joined()
  }

  private func checkLine(_ check: Check) -> String {
    switch check {
    case .notNull(let columns): "  - not_null: \(WrittenYAML.list(columns))\n"
    case .hasNoNulls(let columns):
      WrittenYAML.comment("The statistics know no null here; the table would take one.", indent: "  ")
        + "  - not_null: {columns: \(WrittenYAML.list(columns)), severity: warn}\n"
    case .range(let column, let min, let max):
      "  - range: {column: \(WrittenYAML.scalar(column))"
        + (min.map { ", min: \($0)" } ?? "") + (max.map { ", max: \($0)" } ?? "") + "}\n"
    case .isNeverNegative(let column):
      "  - range: {column: \(WrittenYAML.scalar(column)), min: 0, severity: warn}\n"
    case .condition(let name, let sql):
      WrittenYAML.comment("Constraint \(name) of the table.", indent: "  ")
        + "  - sql: \(WrittenYAML.scalar(sql))\n"
    case .rows: "  - rows: {min: 1, severity: warn}\n"
    }
  }

  private var dateColumn: String? {
    timeColumn.flatMap { name in columns.first { $0.name == name && $0.format == .date }?.name }
  }

  private var exportLines: String {
    guard let dateColumn, let measure else { return "export:\n  csv: {}\n  html: {}\n" }
    let chart = "{type: bar, x: \(WrittenYAML.scalar(dateColumn)), y: \(WrittenYAML.scalar(measure))}"
    return "export:\n  csv: {}\n  html: {charts: [\(chart)]}\n"
  }

  private var supersetLines: String {
    var text = "superset:\n  metrics:\n"
    text += "    rows: {title: Rows, sql: count(*), format: integer}\n"
    if let measure {
      let sum = "sum(\(Self.identifier(measure)))"
      text +=
        "    total: {title: \(WrittenYAML.scalar(Self.words(measure))), sql: \(WrittenYAML.scalar(sum))}\n"
    }
    let metric = measure == nil ? "rows" : "total"
    text += "  charts:\n    count: {type: number, title: Rows, y: rows}\n"
    if let timeColumn {
      text +=
        "    history: {type: bar, title: \(WrittenYAML.scalar(title)), x: \(WrittenYAML.scalar(timeColumn)), "
        + "grain: \(period == .none ? "day" : period.rawValue), y: \(metric)}\n"
    }
    return text
  }
}
