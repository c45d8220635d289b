import ReportModel

extension ReportDraft {
  /// A report of a query that somebody has written.
  ///
  /// - Parameters:
  ///   - query: its text is kept.
  ///   - columns: what the server says of its output, in order.
  ///   - types: of the parameters other than `:start` and `:end`, by their names.
  ///   - today: by the server's clock.
  package init(
    name: String, query: DraftQuery, columns: [Column], types: [String: String], today: CalendarDate
  ) {
    self.init(name: name, sql: query.sql)
    syntax = query.syntax
    self.columns = columns
    parameters = query.parameterNames.map { Self.parameter($0, type: types[$0] ?? "text") }
    keyNote = "the columns that make a row unique"
    measure =
      columns.first { column in
        [.integer, .number].contains(column.format)
          && !Self.isIdentifier(.init(name: column.name, type: column.type ?? ""), [])
      }?.name
    checks = [.rows]
    guard query.hasBounds else { return }
    timeColumn = columns.first { $0.type.map(Self.isTime) ?? false }?.name
    period = .day
    lookback = timeColumn == nil ? 0 : 3
    start = today
    startNote = "write the first day that has data"
  }

  private static func parameter(_ name: String, type: String) -> Parameter {
    let isList = type.hasSuffix("[]")
    let scalar: Parameter.ScalarType
    switch isList ? String(type.dropLast(2)) : type {
    case "smallint", "integer", "bigint": scalar = .integer
    case "real", "double precision": scalar = .numeric
    case let type where type.hasPrefix("numeric"): scalar = .numeric
    case "boolean": scalar = .boolean
    case "date": scalar = .date
    case let type where type.hasPrefix("timestamp"): scalar = .timestamptz
    default: scalar = .text
    }
    return Parameter(name: name, type: scalar, isList: isList)
  }

  /// A report of what a materialized view computes.
  package init(name: String, materializedView relation: SourceRelation, _ facts: MaterializedViewFacts) {
    self.init(
      name: name,
      sql: "-- The query of materialized view \(relation.name.description.visible()).\n\(facts.definition)\n")
    description = relation.comment
    uniqueKey = relation.key
    keyNote =
      relation.key.isEmpty
      ? "the columns that make a row unique" : "two nulls are equal here, not in an index"
    indexes = facts.indexes
    grants = facts.grants
    columns = relation.columns.map { column in
      Column(
        name: column.name, type: column.isBuiltIn ? column.type : nil,
        format: Self.isIdentifier(column, relation.key) ? nil : Self.format(ofType: column.type),
        description: column.comment)
    }
    measure =
      relation.columns.first { column in
        !Self.isIdentifier(column, relation.key)
          && [.integer, .number].contains(Self.format(ofType: column.type))
      }?.name
    checks = [.rows]
    if !facts.lost.isEmpty {
      notes.append(
        "The materialized view also has what no key says; add it to the table by hand after the first run:\n"
          + facts.lost.joined(separator: "\n"))
    }
    notes.append(
      "The view stays as it is. Once whoever reads it reads reports.\(Self.tableName(name)): "
        + "drop materialized view \(Self.identifier(relation.name.schema)).\(Self.identifier(relation.name.name));"
    )
  }
}
