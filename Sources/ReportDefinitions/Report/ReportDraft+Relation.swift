import ReportModel

extension ReportDraft {
  /// The column by which the rows of a relation belong to intervals; nil when none is right.
  ///
  /// Of the dates and timestamps whose names do not speak of later changes, the first of: the partition key, one without
  /// nulls that leads an index, one without nulls, any that leads an index, any.
  package static func timeColumn(of relation: SourceRelation) -> String? {
    let times = relation.columns.filter { isTime($0.type) && !isLate($0.name) }
    let ranked = [
      times.first { $0.isPartitionKey }, times.first { $0.isRequired && $0.leadsIndex },
      times.first { $0.isRequired }, times.first { $0.leadsIndex }, times.first,
    ]
    return ranked.compactMap(\.self).first?.name
  }

  /// A change of such a column moves a row from one interval to another, or it says nothing of when the row came to be.
  private static func isLate(_ name: String) -> Bool {
    let words = [
      "updat", "modif", "chang", "delet", "expir", "return", "birth", "hire", "until", "valid", "due",
    ]
    let text = name.lowercased()
    return words.contains { text.contains($0) } || text.hasPrefix("last") || text.hasPrefix("end")
  }

  /// A report of a relation's rows, one for one.
  ///
  /// - Parameter today: by the server's clock.
  package init(name: String, from relation: SourceRelation, extent: SourceExtent, today: CalendarDate) {
    self.init(name: name, sql: "")
    timeColumn = Self.timeColumn(of: relation)
    description = relation.comment
    allowsForeign = relation.kind == .foreignTable
    uniqueKey = relation.key
    if relation.key.isEmpty {
      keyNote =
        relation.kind == .table
        ? "the table has no key: rows are compared whole" : "the columns that make a row unique"
    }
    columns = relation.columns.map { column in
      Column(
        name: column.name, type: column.isBuiltIn ? column.type : nil,
        format: Self.isIdentifier(column, relation.key) ? nil : Self.format(ofType: column.type),
        description: column.comment)
    }
    measure = relation.columns.first { Self.isMeasure($0, relation) }?.name
    setPeriod(extent, today)
    checks = Self.checks(relation, extent)
    sql = sql(relation)
    if let timeColumn {
      let column = relation.columns.first { $0.name == timeColumn }
      if !(column?.isRequired ?? false) {
        let left = "Rows without \(timeColumn) are left out."
        description = description.map { "\($0) \(left)" } ?? left
      }
      notes.append(
        "Rows that change after the lookback stay as they were. Where that matters, \"as: table\" without period,\n"
          + "start, time_column and lookback, and without the condition in the SQL, reads all rows every time."
      )
    }
  }

  private static func isMeasure(_ column: SourceRelation.Column, _ relation: SourceRelation) -> Bool {
    guard !isIdentifier(column, relation.key), let format = format(ofType: column.type) else { return false }
    return format != .date
  }

  /// A number that names something: nobody adds it up, or wants its digits in groups.
  static func isIdentifier(_ column: SourceRelation.Column, _ key: [String]) -> Bool {
    let name = column.name.lowercased()
    return column.isReference || key.contains(column.name) && column.type != "date" || name == "id"
      || name.hasSuffix("_id") || column.name.hasSuffix("Id")
  }

  // MARK: Intervals

  /// Days where there is a row a day, and not more than 3,660 of them; otherwise months.
  private mutating func setPeriod(_ extent: SourceExtent, _ today: CalendarDate) {
    guard timeColumn != nil else { return }
    let first = min(extent.first ?? today, today)
    let days = today.daysSinceEpoch - first.daysSinceEpoch + 1
    let used = min(extent.last ?? today, today).daysSinceEpoch - first.daysSinceEpoch + 1
    let isDense = (extent.rows ?? .max) >= used
    period = extent.rows == 0 || isDense && days <= 3660 ? .day : .month
    lookback = period == .day ? 3 : 1
    start = extent.first.flatMap { period.interval(containing: min($0, today))?.start }
    guard start == nil else { return }
    start = today
    startNote =
      extent.rows == 0
      ? "the source has no rows yet" : "write the first day that has data: finding it took too long"
  }

  // MARK: Checks

  private static func checks(_ relation: SourceRelation, _ extent: SourceExtent) -> [Check] {
    var checks: [Check] = []
    let required = relation.columns.filter(\.isRequired).map(\.name)
    if !required.isEmpty { checks.append(.notNull(required)) }
    let full = relation.columns.filter { !$0.isRequired && $0.hasNulls == false }.map(\.name)
    if !full.isEmpty { checks.append(.hasNoNulls(full)) }
    var bounded: Set<String> = []
    for condition in relation.conditions {
      if let range = RangeCondition(condition, relation) {
        checks.append(.range(column: range.column, min: range.min, max: range.max))
        bounded.insert(range.column)
      } else if condition.columns.allSatisfy({ name in
        relation.columns.first { $0.name == name }?.isBuiltIn ?? false
      }) {
        let list = condition.columns.map(identifier).joined(separator: ", ")
        checks.append(
          .condition(
            name: condition.name, sql: "select \(list) from :staging where not (\(condition.expression))"))
      }
    }
    for column in relation.columns where column.isNeverNegative && !bounded.contains(column.name) {
      if isMeasure(column, relation) { checks.append(.isNeverNegative(column: column.name)) }
    }
    if let rows = extent.rows, rows > 0, isEveryIntervalFull(relation, extent) { checks.append(.rows) }
    return checks
  }

  /// With at least ten rows a day on the average, a day without any deserves a look.
  private static func isEveryIntervalFull(_ relation: SourceRelation, _ extent: SourceExtent) -> Bool {
    guard timeColumn(of: relation) != nil else { return true }
    guard let rows = extent.rows, let first = extent.first, let last = extent.last else { return false }
    return rows >= 10 * (last.daysSinceEpoch - first.daysSinceEpoch + 1)
  }

  // MARK: SQL

  private func sql(_ relation: SourceRelation) -> String {
    var text = "-- The rows of \(relation.name.description.visible()), one for one.\n"
    for omitted in relation.omitted {
      text += "-- Left out: \(omitted.name.visible()), since \(omitted.reason.visible()).\n"
    }
    if period != .none {
      text += "-- :start and :end are the bounds of the interval; the day of :end is not in it.\n"
    }
    text += "select\n"
    text += relation.columns.map { "  source.\(Self.identifier($0.name))" }.joined(separator: ",\n")
    text +=
      "\nfrom \(Self.identifier(relation.name.schema)).\(Self.identifier(relation.name.name)) as source\n"
    if let timeColumn {
      let column = "source.\(Self.identifier(timeColumn))"
      text += "where \(column) >= :start\n  and \(column) < :end\n"
    }
    return text
  }

  /// In quotes where SQL needs them.
  static func identifier(_ name: String) -> String {
    let isFolded = name.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || $0 == UInt8(ascii: "_") || $0 >= 128
    }
    // An unreserved word is 1.
    let tokens = isFolded ? (try? PgQuery.scan(name)) ?? [] : []
    guard tokens.count == 1, tokens[0].end == name.utf8.count, tokens[0].keyword <= 1,
      tokens[0].kind == PgQuery.Token.identifier || tokens[0].keyword == 1
    else { return SQLQuote.identifier(name) }
    return name
  }
}

/// A CHECK constraint that bounds one number by constants: `(quantity > 0)`.
private struct RangeCondition {
  var column: String
  var min: String?
  var max: String?

  /// - Returns: nil for any other condition.
  init?(_ condition: SourceRelation.Condition, _ relation: SourceRelation) {
    guard condition.columns.count == 1, let name = condition.columns.first,
      let type = relation.columns.first(where: { $0.name == name })?.type,
      ["smallint", "integer", "bigint"].contains(type) || type.hasPrefix("numeric")
    else { return nil }
    column = name
    let isWhole = !type.hasPrefix("numeric")
    var text = Substring(condition.expression)
    if text.first == "(", text.last == ")" { text = text.dropFirst().dropLast() }
    let quoted = ReportDraft.identifier(name)
    guard text.hasPrefix(quoted + " ") else { return nil }
    let words = text.dropFirst(quoted.count + 1).split(separator: " ", maxSplits: 1)
    guard words.count == 2, let bound = Self.number(words[1]) else { return nil }
    switch words[0] {
    case ">=": min = bound
    case "<=": max = bound
    // The bounds of a range belong to it.
    case ">": min = isWhole ? Int(bound).map { String($0 + 1) } : nil
    case "<": max = isWhole ? Int(bound).map { String($0 - 1) } : nil
    default: return nil
    }
    guard min != nil || max != nil else { return nil }
  }

  /// `0`, `(0)::numeric`, `0.5`, `'-1'::integer`, `'-1'::integer`.
  private static func number(_ text: Substring) -> String? {
    var text = text
    if let cast = text.firstRange(of: "::") {
      let type = text[cast.upperBound...]
      guard type.allSatisfy({ $0.isLetter || $0 == "," || $0.isNumber || $0 == "(" || $0 == ")" }) else {
        return nil
      }
      text = text[..<cast.lowerBound]
    }
    text = text.first == "(" && text.last == ")" ? text.dropFirst().dropLast() : text
    text = text.first == "'" && text.last == "'" && text.count > 1 ? text.dropFirst().dropLast() : text
    let digits = text.first == "-" ? text.dropFirst() : text
    guard !digits.isEmpty, digits.count <= 18, digits.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }),
      digits.count(where: { $0 == "." }) <= 1, digits.first != ".", digits.last != "."
    else { return nil }
    return String(text)
  }
}
