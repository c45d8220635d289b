import CLibPQ

@testable import PostgresClient

/// libpq's own settings and quoting, for tests that compare ours with them.
extension Connection {
  /// The connection string's settings in use.
  var librarySettings: [String: String] { handle.flatMap(ConnectionString.settings(of:)) ?? [:] }

  func libraryLiteral(_ text: String) -> String? { quoted(text, PQescapeLiteral) }

  func libraryIdentifier(_ name: String) -> String? { quoted(name, PQescapeIdentifier) }

  private func quoted(
    _ text: String,
    _ quote: (OpaquePointer?, UnsafePointer<CChar>?, Int) -> UnsafeMutablePointer<CChar>?
  ) -> String? {
    guard let handle, let result = quote(handle, text, text.utf8.count) else { return nil }
    defer { PQfreemem(result) }
    return String(cString: result)
  }
}
