import Foundation
import ReportModel

/// A server that lets everybody in, says which version it is, and answers no statement: for versions that no test can
/// start.
package final class FakePostgres: Sendable {
  package let port: UInt16
  private let listener: Int32

  /// - Parameter version: as a server reports it: `14.9 (Debian 14.9-1)`.
  package init(version: String) throws {
    (listener, port) = try LoopbackServer.listen()
    let listener = listener
    Thread.detachNewThread {
      while case let client = accept(listener, nil, nil), client >= 0 {
        Thread.detachNewThread { Self.welcome(client, version) }
      }
      close(listener)
    }
  }

  package var conninfo: String {
    "host=127.0.0.1 port=\(port) dbname=shop user=reportgen sslmode=disable gssencmode=disable"
  }

  package func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  /// AuthenticationOk, ParameterStatus, BackendKeyData, ReadyForQuery; then nothing until the client closes.
  private static func welcome(_ client: Int32, _ version: String) {
    defer { close(client) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    guard read(client, &buffer, buffer.count) > 0 else { return }
    var answer = message("R", [0, 0, 0, 0])
    for (name, value) in [
      ("server_version", version), ("server_encoding", "UTF8"), ("client_encoding", "UTF8"),
    ] {
      answer += message("S", Array(name.utf8) + [0] + Array(value.utf8) + [0])
    }
    answer += message("K", [0, 0, 0, 1, 0, 0, 0, 2]) + message("Z", Array("I".utf8))
    guard write(client, answer, answer.count) == answer.count else { return }
    while read(client, &buffer, buffer.count) > 0 {}
  }

  private static func message(_ kind: Character, _ body: [UInt8]) -> [UInt8] {
    let length = UInt32(body.count + 4)
    return [kind.asciiValue ?? 0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + body
  }
}
