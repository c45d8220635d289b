import ReportModel

/// Warnings about SQL that can give other rows when it runs again. Reruns give the same rows, and `verify` finds no
/// drift, only with deterministic SQL.
struct DeterminismRules {
  let source: SQLText
  let tree: ParseTree

  /// Values that differ from call to call, and functions that write or lock.
  static let volatileFunctions: Set<String> = [
    "random", "setseed", "clock_timestamp", "timeofday", "gen_random_uuid", "uuid_generate_v1",
    "uuid_generate_v1mc", "uuid_generate_v4", "nextval", "setval", "currval", "lastval", "txid_current",
    "pg_current_xact_id", "pg_backend_pid", "pg_sleep", "pg_sleep_for", "pg_sleep_until", "pg_notify",
    "set_config", "pg_terminate_backend", "pg_cancel_backend",
  ]
  static let volatilePrefixes = ["pg_advisory_", "pg_try_advisory_", "dblink", "lo_", "pg_logical_emit_"]
  /// Functions that return the time of the transaction or statement.
  static let clockFunctions: Set<String> = ["now", "statement_timestamp", "transaction_timestamp"]
  /// The same without parentheses.
  static let clockWords: Set<String> = [
    "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp",
  ]
  static let orderedAggregates: Set<String> = [
    "string_agg", "array_agg", "json_agg", "jsonb_agg", "xmlagg", "json_object_agg", "jsonb_object_agg",
  ]

  func check(_ findings: inout Findings) {
    for index in tree.nodes.indices {
      if tree.isKey(index, "FuncCall") { checkCall(index, &findings) }
      if tree.isKey(index, "SQLValueFunction") { checkClock(index, &findings) }
      if tree.isKey(index, "SelectStmt") || tree.isKey(index, "larg") || tree.isKey(index, "rarg") {
        checkOrder(index, &findings)
      }
    }
  }

  private func checkCall(_ call: Int, _ findings: inout Findings) {
    guard let name = tree.child(call, "funcname").flatMap({ tree.names($0).last }) else { return }
    let place = { tree.location(call).map(source.place) }
    if Self.isVolatile(name) {
      Self.warnOfVolatile(name, place(), &findings)
    } else if Self.clockFunctions.contains(name) {
      Self.warnOfClock("\(name)()", place(), &findings)
    } else if Self.orderedAggregates.contains(name), tree.child(call, "agg_order") == nil,
      tree.child(call, "over") == nil
    {
      findings.add(
        .warning, "\"\(name)\" has no ORDER BY",
        hint: "Its value depends on the order in which rows are read; write \(name)(… order by …).",
        at: place())
    }
  }

  private func checkClock(_ function: Int, _ findings: inout Findings) {
    guard let kind = tree.text(function, "op")?.dropFirst("SVFOP_".count).lowercased() else { return }
    let name = kind.hasSuffix("_n") ? String(kind.dropLast(2)) : kind
    guard Self.clockWords.contains(name) else { return }
    Self.warnOfClock(name, tree.location(function).map(source.place), &findings)
  }

  static func isVolatile(_ name: String) -> Bool {
    volatileFunctions.contains(name) || volatilePrefixes.contains(where: name.hasPrefix)
  }

  static func warnOfVolatile(
    _ name: String, _ place: @autoclosure () -> SourcePlace?, _ findings: inout Findings
  ) {
    findings.add(
      .warning, "\"\(name)()\" is volatile",
      hint: "A rerun will not give the same rows; compute the value from the data.", at: place())
  }

  static func warnOfClock(
    _ name: String, _ place: @autoclosure () -> SourcePlace?, _ findings: inout Findings
  ) {
    findings.add(
      .warning, "\"\(name)\" depends on the moment of the run",
      hint: "A rerun will not give the same rows; use :start and :end, or a parameter.", at: place())
  }

  private func checkOrder(_ select: Int, _ findings: inout Findings) {
    guard tree.child(select, "sortClause") == nil else { return }
    for (key, word) in [("limitCount" as StaticString, "LIMIT"), ("limitOffset", "OFFSET")] {
      guard let limit = tree.child(select, key) else { continue }
      findings.add(
        .warning, "\(word) has no ORDER BY", hint: "Which rows it keeps depends on the plan; add ORDER BY.",
        at: tree.onlyChild(limit).flatMap(tree.location).map(source.place))
      return
    }
  }
}
