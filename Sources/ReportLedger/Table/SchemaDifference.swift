import ReportModel

/// How the columns of a summary table differ from those of the query. Pure.
package struct SchemaDifference: Hashable, Sendable {
  struct Retyped: Hashable, Sendable {
    /// As the query gives it.
    var column: ColumnShape
    var oldType: String
    /// The old type does not belong to PostgreSQL itself.
    var wasOwn = false
  }

  /// Columns of the table that the query no longer gives.
  var removed: [ColumnShape]
  /// Columns of the query that the table does not have.
  package var added: [ColumnShape]
  var retyped: [Retyped]

  /// - Parameters:
  ///   - existing: the table's columns.
  ///   - columns: the query's.
  package init(existing: [ColumnShape], columns: [ColumnShape]) {
    let types = Dictionary(uniqueKeysWithValues: existing.map { ($0.name, $0) })
    let names = Set(columns.map(\.name))
    removed = existing.filter { !names.contains($0.name) }
    added = columns.filter { types[$0.name] == nil }
    retyped = columns.compactMap { column in
      types[column.name].flatMap {
        $0.type == column.type
          ? nil : Retyped(column: column, oldType: $0.type, wasOwn: $0.isBuiltIn == false)
      }
    }
  }

  /// The same names and types; their order does not matter.
  package var isEmpty: Bool { removed.isEmpty && added.isEmpty && retyped.isEmpty }

  /// - Throws: `Diagnostic` when `on_schema_change` does not allow the difference.
  func requireAllowed(by report: Report, table: QualifiedName) throws(Diagnostic) {
    let change = report.materialization.onSchemaChange
    guard change != .rebuild else { return }
    if let removed = removed.first {
      throw Diagnostic(
        "column \"\(removed.name)\" of \(table) is no longer in the query",
        detail: "The published column would be lost.", effect: .nothingPublished,
        hint: "Give the query a column of that name and type \(removed.type). " + Self.wayOut(report),
        file: report.sqlFile)
    }
    if let retyped = retyped.first {
      let name = retyped.column.name
      throw Diagnostic(
        "column \"\(name)\" of \(table) is \(retyped.oldType), but the query gives \(retyped.column.type)",
        effect: .nothingPublished,
        hint: retyped.wasOwn
          ? "Summary tables have the types behind those of other schemas: ALTER TABLE \(table.quoted) ALTER COLUMN "
            + "\(SQLQuote.identifier(name)) TYPE \(retyped.column.type). " + Self.wayOut(report)
          : "Declare \"type: \(retyped.oldType)\" for it under columns. " + Self.wayOut(report),
        file: report.sqlFile)
    }
    if let added = added.first, change == .fail {
      let rebuilding =
        report.materialization.kind.canRebuild
        ? ", or \"on_schema_change: rebuild\" to compute older rows again, too" : ""
      throw Diagnostic(
        "column \"\(added.name)\" is not in \(table)", effect: .nothingPublished,
        hint: "Leave the column out, or set \"on_schema_change: add\" under materialize\(rebuilding).",
        file: report.sqlFile)
    }
  }

  private static func wayOut(_ report: Report) -> String {
    switch report.materialization.kind {
    case .table, .incremental:
      "To accept the change, set \"on_schema_change: rebuild\" under materialize: "
        + "the next run computes the table again from all of its history."
    case .append:
      "To accept the change, drop the table, DELETE FROM reportgen.interval WHERE report = "
        + "\(SQLQuote.literal(report.name)), and run again; what depends on the table has to be made again."
    case .merge, .view, .none:
      "To accept the change, drop the table and run \"reportgen run \(report.name) --full-refresh\"; "
        + "what depends on it has to be made again."
    }
  }
}
