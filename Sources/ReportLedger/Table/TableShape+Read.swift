import Foundation
import PostgresClient
import ReportModel

extension TableShape {
  /// - Returns: nil when there is no such table or view.
  package static func read(_ table: QualifiedName, on connection: Connection) async throws -> TableShape? {
    let rows = try await connection.query(query(table))
    guard let text = rows.rows.first?.first ?? nil else { return nil }
    return try JSONDecoder().decode(TableShape.self, from: Data(text.utf8))
  }
}
