import Glibc
import ReportModel
import Synchronization
import TestSupport
import Testing

@testable import PostgresClient

func connect(
  _ conninfo: String, _ name: String = "primary", cancelLimit: Duration = waitLimit,
  onNotice: (@Sendable (Notice) -> Void)? = nil
) async throws -> Connection {
  var options = ConnectionOptions(name: name, onNotice: onNotice)
  options.cancelLimit = cancelLimit
  return try await Connection.open(conninfo, options)
}

/// All bytes of a COPY. Throws the error of its last `next`.
func everything(of source: CopyOut) async throws -> [UInt8] {
  var bytes: [UInt8] = []
  while let chunk = try await source.next() { bytes += chunk }
  return bytes
}

/// The error of a body that must throw a `PostgresError`.
func postgresError(
  _ sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async throws -> PostgresError {
  do { try await body() } catch let error as PostgresError { return error }
  Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  throw CancellationError()
}

/// Queries `pg_stat_activity` until a session satisfies the condition.
func waitUntil(
  _ connection: Connection, _ condition: String, _ sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  try await waitFor("a session with \(condition)", sourceLocation: sourceLocation) {
    try await !connection.query("select 1 from pg_stat_activity where \(condition)").isEmpty
  }
}

func isUsableAgain(_ connection: Connection) async throws -> Bool {
  try await connection.query("select 42").single() == "42"
}

final class Collected<Element: Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])
  func append(_ element: Element) { elements.withLock { $0.append(element) } }
  var all: [Element] { elements.withLock { $0 } }
}

/// A Unix socket that accepts connections and never answers; removed with its folder.
struct SilentServer {
  private let descriptor: Int32

  init(_ folder: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\(folder)/.s.PGSQL.5432".utf8) }
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    try #require(isBound && listen(descriptor, 8) == 0)
  }

  func stop() { close(descriptor) }
}

func expectTerminated(_ error: PostgresError) {
  #expect(error.sqlState == .adminShutdown && error.severity == "FATAL" && error.isConnectionLost)
  #expect(error.message == "terminating connection due to administrator command")
}
