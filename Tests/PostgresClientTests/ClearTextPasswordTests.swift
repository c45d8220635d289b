import TestSupport
import Testing

@testable import PostgresClient

@Suite struct ClearTextPasswordTests {
  private func message(_ type: Character, _ body: [UInt8]) -> [UInt8] { FakeServer.message(type, body) }

  @Test("a request for a clear-text password is found among whole messages only")
  func requests() {
    let clear = message("R", [0, 0, 0, 3])
    let scram = message("R", [0, 0, 0, 10] + Array("SCRAM-SHA-256\0\0".utf8))
    let cases: [([UInt8], AuthenticationRequest)] = [
      (clear, .clearTextPassword), (scram, .other), (scram + clear, .clearTextPassword), ([], .other),
      (message("R", [0, 0, 0, 5, 1, 2, 3, 4]), .other), (message("R", [0, 0, 0, 0]), .other),
      (Array(clear.prefix(1)), .incomplete), (Array(clear.prefix(8)), .incomplete),
      (scram + clear.prefix(3), .incomplete), (Array(scram.prefix(12)), .incomplete),
      (message("E", Array("SFATAL\0\0".utf8)), .other), ([82, 255, 255, 255, 255, 0, 0, 0, 3], .other),
    ]
    for (bytes, expected) in cases { #expect(AuthenticationRequest.of(bytes[...]) == expected, "\(bytes)") }
  }

  @Test(
    "this machine is no network",
    arguments: [
      ("127.0.0.1", true), ("127.8.9.1", true), ("::1", true), ("::ffff:127.0.0.1", true),
      ("10.0.0.1", false),
      ("fd00::2", false), ("192.0.2.2", false),
    ])
  func loopback(_ address: String, _ expected: Bool) {
    #expect(ConnectionPrivacy.isLoopback(address) == expected)
  }

  private func open(_ server: FakeServer, trustsLoopback: Bool, _ more: String = "") async throws
    -> Connection
  {
    var options = ConnectionOptions(name: "primary")
    options.trustsLoopback = trustsLoopback
    return try await Connection.open(
      "host=127.0.0.1 port=\(server.port) user=u dbname=d password=SECRET \(more)", options)
  }

  @Test("over an unencrypted network the password is not sent in clear text", arguments: [false, true])
  func refused(inPieces: Bool) async throws {
    let server = try FakeServer(authentication: 3, inPieces: inPieces)
    defer { server.stop() }
    for mode in ["sslmode=disable", "sslmode=prefer"] {
      let error = try await postgresError { _ = try await open(server, trustsLoopback: false, mode) }
      #expect(error.sqlState == .invalidAuthorization && error.isConnectFailure)
      #expect(
        error.message
          == "could not connect to \"primary\": 127.0.0.1:\(server.port) asks for the password in clear text, without encryption"
      )
      #expect(error.detail == "It was not sent.")
    }
    #expect(server.passwords == 0)
  }

  @Test("a server that sends a part of its request and no more is given up in time", .timeLimit(.minutes(1)))
  func stalled() async throws {
    let server = try FakeServer(authentication: 3, requestBytes: 3)
    defer { server.stop() }
    let error = try await postgresError {
      _ = try await open(server, trustsLoopback: false, "sslmode=disable connect_timeout=2")
    }
    #expect(error.isConnectFailure)
    #expect(server.passwords == 0)
  }

  @Test("a server on this machine may ask for it in clear text, and the session says that it is not exposed")
  func local() async throws {
    let server = try FakeServer(authentication: 3)
    defer { server.stop() }
    let connection = try await open(server, trustsLoopback: true)
    #expect(server.passwords == 1)
    #expect(await !connection.exposesPassword)
  }

  @Test("a session that used a password over an unencrypted network says that it is exposed")
  func exposed() async throws {
    let server = try FakeServer(authentication: 5)
    defer { server.stop() }
    for (trustsLoopback, expected) in [(false, true), (true, false)] {
      let connection = try await open(server, trustsLoopback: trustsLoopback, "sslmode=disable")
      #expect(await connection.exposesPassword == expected)
    }
    #expect(server.passwords == 2)
  }
}
