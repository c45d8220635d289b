import Foundation
import PostgresClient
import ReportModel

extension TableShape {
  /// - Returns: nil when there is no such table or view.
  package static func read(_ table: QualifiedName, on connection: Connection) async throws -> TableShape? {
    try await connection.ask(reading([table]))[table]
  }

  /// - Returns: the shapes of those that exist.
  static func reading(_ tables: [QualifiedName]) -> Question<[QualifiedName: TableShape]> {
    Question(query, [postgresArray(tables.map(\.schema)), postgresArray(tables.map(\.name))]) { rows in
      let decoder = JSONDecoder()
      var shapes: [QualifiedName: TableShape] = [:]
      for row in rows.decoded {
        let name = QualifiedName(schema: try row["schema_name"], name: try row["table_name"])
        shapes[name] = try decoder.decode(TableShape.self, from: Data(row["shape"].utf8))
      }
      return shapes
    }
  }
}
