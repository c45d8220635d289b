import PostgresClient
import ReportModel

/// Asks the replica which columns a report's query gives, with the declared casts, before it runs.
package struct QueryColumns: Sendable {
  let connection: Connection
  private let memo: CatalogMemo

  /// - Parameters:
  ///   - connection: on which the query is described but not run.
  ///   - memo: of the snapshot that the connection sees.
  package init(connection: Connection, memo: CatalogMemo = CatalogMemo()) {
    self.connection = connection
    self.memo = memo
  }

  /// - Throws: the server's `PostgresError` (its position is that of the described text), or a `Diagnostic` for columns
  ///   without a name or named twice.
  package func columns(of report: Report, span: Span, values: [String: Parameter.Value], timezone: String)
    async throws
    -> [ColumnShape]
  {
    try await requireListed(report, outputs: [])
    let plain = ReportQuery(report: report, span: span, values: values, timezone: timezone, columns: nil)
    let described = try await describe(plain, report: report)
    let names = described.map(\.name)
    try requireNames(names, report: report)
    try requireDeclared(names, report: report)
    var cast = ReportQuery(
      report: report, span: span, values: values, timezone: timezone,
      columns: names.map { ColumnShape(name: $0, type: "", category: "") })
    let declared = cast.sql == plain.sql ? described : try await describe(cast, report: report)
    let own = (described + declared).filter { $0.typeOID >= TypeCatalog.firstOwn }
    if !own.isEmpty { try await requireListed(report, outputs: own.map { ($0.name, $0.typeOID) }) }
    var shapes = try await shapes(declared)
    let standIns = try await standIns(declared, report: report)
    if !standIns.isEmpty {
      for index in shapes.indices { shapes[index].standIn = standIns[shapes[index].name] }
      cast = ReportQuery(report: report, span: span, values: values, timezone: timezone, columns: shapes)
      shapes = try await self.shapes(describe(cast, report: report))
      for index in shapes.indices { shapes[index].standIn = standIns[shapes[index].name] }
    }
    try requireComparable(shapes, report: report)
    return shapes
  }

  /// - Throws: `Diagnostic` for a type whose operators the search path does not find: what the SQL means would depend on it.
  private func requireListed(_ report: Report, outputs: [(name: String, oid: UInt32)]) async throws {
    // Few databases have such types.
    guard try await memo.answer(.hasOwnOperators, on: connection),
      try await memo.answer(.hasUnlistedTypes, ask: { try await UnlistedType.exists(on: connection) })
    else { return }
    if let found = try await UnlistedType.find(report.mentions, outputs: outputs, on: connection) {
      throw found.refusal(file: report.sqlFile)
    }
    guard outputs.isEmpty, report.checkMentions != SQLMentions() else { return }
    if let found = try await UnlistedType.find(report.checkMentions, outputs: [], on: connection) {
      throw found.refusal(file: report.metadataFile)
    }
  }

  /// The types to which columns are cast because no summary table can have their own, by the columns' names.
  ///
  /// - Throws: `Diagnostic` for a column whose type has no stand-in.
  private func standIns(_ described: [ColumnDescription], report: Report) async throws -> [String: String] {
    let oids = Set(described.map { String($0.typeOID) }).sorted()
    let hasPseudo = Set(described.map(\.typeOID)).contains { Self.pseudoTypes.contains($0) }
    guard hasPseudo || described.contains(where: { $0.typeOID >= TypeCatalog.firstOwn }) else { return [:] }
    let catalog = try await TypeCatalog.read(oids, on: connection)
    var standIns: [String: String] = [:]
    for column in described {
      let oid = String(column.typeOID)
      switch StoredType.of(oid, in: catalog) {
      case .same: break
      case .standIn(let type): standIns[column.name] = type
      case .refused(let type):
        throw type.refusal(column: column.name, of: catalog.types[oid]?.name ?? type.name, report: report)
      }
    }
    return standIns
  }

  /// `record`, `record[]`, `void`, `cstring`, `anyarray`: those that a SELECT can give.
  private static let pseudoTypes: Set<UInt32> = [2249, 2287, 2278, 2275, 2277]

  private func describe(_ query: ReportQuery, report: Report) async throws -> [ColumnDescription] {
    do {
      return try await connection.describe(query.sql)
    } catch let error as PostgresError where !error.isTransient {
      throw RunError.inReport(
        error, report: report, place: error.position.flatMap { query.describedPlace(serverPosition: $0) },
        detail: await parserDetail(error, report))
    }
  }

  /// Which version has parsed the query, where that can be the reason.
  private func parserDetail(_ error: PostgresError, _ report: Report) async -> String? {
    guard report.syntax == .server, error.sqlState.matches(.syntaxError) else { return nil }
    return "The server that parses it is PostgreSQL \(ServerVersion(number: await connection.serverVersion))."
  }

  private func shapes(_ described: [ColumnDescription]) async throws -> [ColumnShape] {
    zip(described, try await memo.types(of: described, on: connection)).map { column, type in
      ColumnShape(name: column.name, type: type.name, category: type.category)
    }
  }

  private func requireNames(_ names: [String], report: Report) throws {
    guard !names.isEmpty else {
      throw Diagnostic("the query has no columns", hint: "Select at least one.", file: report.sqlFile)
    }
    if names.contains("?column?") {
      throw Diagnostic("an output column has no name", hint: "Add AS and a name.", file: report.sqlFile)
    }
    if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
      throw Diagnostic(
        "output column \"\(twice)\" is named twice", hint: "Give one of them another name with AS.",
        file: report.sqlFile)
    }
  }

  /// Rows are paired by the key, and ordered by it.
  private func requireComparable(_ columns: [ColumnShape], report: Report) throws {
    let incomparable = ["json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle"]
    let key = columns.filter { report.materialization.uniqueKey.contains($0.name) }
    guard let column = key.first(where: { incomparable.contains($0.type) }) else { return }
    throw Diagnostic(
      "key column \"\(column.name)\" is \(column.type), whose values cannot be compared",
      effect: .nothingPublished,
      hint: "A key column needs a type with equality and order: jsonb rather than json, or a cast to text.",
      file: report.metadataFile)
  }

  /// With a `*` in the query only the server knows the names that the metadata has to use.
  private func requireDeclared(_ names: [String], report: Report) throws {
    let used =
      report.columns.map(\.name) + report.materialization.uniqueKey
      + [report.materialization.timeColumn].compactMap { $0 } + report.materialization.indexes.flatMap { $0 }
      + report.fileOrder.map(\.column)
    guard let missing = used.first(where: { !names.contains($0) }) else { return }
    throw Diagnostic(
      "column \"\(missing)\" is named in the metadata but not given by the query",
      hint: Suggestion.hint(for: missing, among: names)
        ?? "The query gives: \(names.joined(separator: ", ")).", file: report.metadataFile)
  }
}
