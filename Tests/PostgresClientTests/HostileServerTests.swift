import TestSupport
import Testing

@testable import PostgresClient

/// What a server sends is input: a wrong shape or an endless answer is an error, and never the end of the process.
@Suite struct HostileServerTests {
  private func withServer(
    _ answer: [UInt8], isEndless: Bool = false, settings: [SessionSetting] = [],
    _ body: (Connection) async throws -> Void
  ) async throws {
    try await temporaryDirectory { folder in
      let server = try FakeServer(in: folder, answer: answer, isEndless: isEndless)
      defer { server.stop() }
      try await body(
        try await Connection.open("host=\(folder)", ConnectionOptions(name: "primary", settings: settings)))
    }
  }

  @Test("a result without the columns and rows of the statement is an error of its reader")
  func shapes() async throws {
    try await withServer(FakeServer.columns(["a"]) + FakeServer.row(["x"]) + FakeServer.complete("SELECT 1"))
    {
      let rows = try await $0.query("select 1 as b, 2 as c")
      #expect(throws: UnexpectedRows("column \"b\" is missing")) { try rows[0, "b"] }
      #expect(throws: UnexpectedRows("row 1 is missing")) { try rows[1, "a"] }
      #expect(throws: UnexpectedRows("column \"a\" is not an integer: \"x\"")) { try rows.int(0, "a") }
      #expect(rows.rows[0][1] == nil)
    }
    try await withServer(FakeServer.complete("SELECT 18446744073709551615")) {
      let rows = try await $0.query("select 1")
      #expect(rows.isEmpty && rows.affected == 0 && rows.columnNames == [])
    }
  }

  @Test("NULL and lengths that cannot be are errors of the reader or of the session, and never a trap")
  func nulls() async throws {
    let columns = FakeServer.columns(["a"])
    let null = FakeServer.message("D", [0, 1, 255, 255, 255, 255])
    try await withServer(columns + null + FakeServer.complete("SELECT 1")) {
      let rows = try await $0.query("select 1")
      #expect(try rows[0, "a"] == nil)
      #expect(throws: UnexpectedRows.self) { try rows.int(0, "a") }
    }
    // A negative length, one beyond the message, more columns than were announced, a message that is too short.
    for row in [[0, 1, 128, 0, 0, 0], [0, 1, 0, 0, 0, 99, 120], [0, 2, 0, 0, 0, 0], [255, 255], [0]]
      as [[UInt8]]
    {
      try await withServer(columns + FakeServer.message("D", row) + FakeServer.complete("SELECT 1")) {
        connection in
        do {
          let rows = try await connection.query("select 1")
          #expect(rows.rows.count <= 1, "\(row)")
        } catch let error as PostgresError {
          #expect(!error.message.isEmpty, "\(row)")
        }
      }
    }
  }

  @Test("an answer that never ends is given up, whether it is rows or notices")
  func endless() async throws {
    let rows = FakeServer.columns(["a"]) + FakeServer.row([String(repeating: "x", count: 1 << 20)])
    let notice = FakeServer.message(
      "N", Array("SNOTICE\0C00000\0M".utf8) + Array(repeating: UInt8(ascii: "x"), count: 1 << 20) + [0, 0])
    for answer in [rows, notice] {
      try await withServer(answer, isEndless: true) { connection in
        let error = try await postgresError { _ = try await connection.query("select 1") }
        #expect(error.sqlState == .protocolViolation && error.isConnectionLost)
        #expect(error.message == "the server's answer is longer than 256 MB")
      }
    }
  }

  @Test("a COPY in both directions, which only replication has, is an error")
  func copyBoth() async throws {
    try await withServer(FakeServer.message("W", [0, 0, 0])) { connection in
      let error = try await postgresError { _ = try await connection.query("select 1") }
      #expect(error.sqlState == .protocolViolation && error.isConnectionLost)
      #expect(error.message == "the server began a replication that nobody asked for")
    }
  }

  @Test("a completion tag with an impossible count is an error of the COPY")
  func tag() async throws {
    let answer =
      FakeServer.message("H", [0, 0, 0]) + FakeServer.message("d", Array("a\n".utf8))
      + FakeServer.message("c", [])
      + FakeServer.complete("COPY \(Int.max)")
    try await withServer(answer) { connection in
      let error = try await postgresError {
        _ = try await everything(of: try await connection.copyOut("copy t to stdout", headerRows: 1))
      }
      #expect(error.sqlState == .protocolViolation)
    }
  }

  @Test("a session whose first answer is nonsense is not opened")
  func setUp() async throws {
    for answer in [
      FakeServer.columns(["pid"]) + FakeServer.row(["x"]) + FakeServer.complete("SELECT 1"),
      FakeServer.columns(["a"]) + FakeServer.complete("SELECT 0"), FakeServer.message("I", []),
    ] {
      let error = try await postgresError {
        try await withServer(answer, settings: [SessionSetting("DateStyle", "ISO")]) { _ in }
      }
      #expect(error.sqlState == .protocolViolation && error.isConnectFailure && error.isSessionRefused)
      #expect(error.message.hasPrefix("could not set up the session on \"primary\": "))
    }
  }
}
