import Foundation
import Synchronization
import Testing

/// A server that lets everybody in and answers every query with the same bytes: what a defective or hostile server may send.
package final class FakeServer: Sendable {
  private let listener: Int32
  /// Of a server on the loopback; 0 on a Unix socket.
  package let port: Int
  private let sockets = Mutex<[Int32]>([])
  private let received = Atomic<Int>(0)
  private let authentication: UInt8
  private let isInPieces: Bool
  private let requestBytes: Int

  /// - Parameters:
  ///   - folder: of the socket; the port is 5432.
  ///   - answer: messages for each query, to be followed by `ready`, or without an end.
  package init(in folder: String, answer: [UInt8], isEndless: Bool = false) throws {
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    (self.listener, port, authentication, isInPieces, requestBytes) = (listener, 0, 0, false, 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\(folder)/.s.PGSQL.5432".utf8) }
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    try #require(isBound && listen(listener, 16) == 0)
    start(answer, isEndless)
  }

  /// A server on the loopback that asks for a password.
  ///
  /// - Parameters:
  ///   - authentication: how it asks: 3 for clear text, 5 for MD5.
  ///   - inPieces: the request comes byte by byte.
  ///   - requestBytes: how many of its bytes come.
  package init(authentication: UInt8, inPieces: Bool = false, requestBytes: Int = .max) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && getsockname(listener, $0, &size) == 0
      }
    }
    self.listener = listener
    port = Int(UInt16(bigEndian: address.sin_port))
    (self.authentication, isInPieces, self.requestBytes) = (authentication, inPieces, requestBytes)
    try #require(isBound && listen(listener, 16) == 0)
    start([], false)
  }

  /// How many passwords it was sent.
  package var passwords: Int { received.load(ordering: .relaxed) }

  private func start(_ answer: [UInt8], _ isEndless: Bool) {
    Thread.detachNewThread { [self] in
      while case let client = accept(listener, nil, nil), client >= 0 {
        sockets.withLock { $0.append(client) }
        Thread.detachNewThread { [self] in
          defer { close(client) }
          if authenticate(client) { Self.serve(client, answer, isEndless) }
        }
      }
    }
  }

  /// Reads the start of the session, refuses encryption, and asks for the password.
  private func authenticate(_ client: Int32) -> Bool {
    // A request for encryption has a length of 8; sessions begin with more.
    while let length = Self.receiveStart(client) {
      guard length > 8 else {
        guard Self.send(client, Array("N".utf8)) else { return false }
        continue
      }
      guard authentication != 0 else { return true }
      let salt: [UInt8] = authentication == 5 ? [1, 2, 3, 4] : []
      let request = Array(Self.message("R", Self.int32(Int(authentication)) + salt).prefix(requestBytes))
      for piece in isInPieces ? request.map({ [$0] }) : [request] {
        guard Self.send(client, piece) else { return false }
        if isInPieces { usleep(5000) }
      }
      guard Self.receive(client) == UInt8(ascii: "p") else { return false }
      received.add(1, ordering: .relaxed)
      return true
    }
    return false
  }

  package func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    for socket in sockets.withLock({ $0 }) { shutdown(socket, Int32(SHUT_RDWR)) }
  }

  private static func serve(_ client: Int32, _ answer: [UInt8], _ isEndless: Bool) {
    var parameters: [UInt8] = []
    for text in ["server_version\015.0", "client_encoding\0UTF8", "in_hot_standby\0on"] {
      parameters += message("S", Array(text.utf8) + [0])
    }
    guard
      send(client, message("R", [0, 0, 0, 0]) + parameters + message("K", [0, 0, 0, 1, 0, 0, 0, 1]) + ready)
    else { return }
    while let type = receive(client), type != UInt8(ascii: "X") {
      repeat { guard send(client, answer) else { return } } while isEndless
      guard send(client, ready) else { return }
    }
  }

  /// - Returns: the type of the next message; nil at the end.
  private static func receive(_ client: Int32) -> UInt8? {
    var type: [UInt8] = [0]
    guard recv(client, &type, 1, 0) == 1, receiveStart(client) != nil else { return nil }
    return type[0]
  }

  /// - Returns: the length of a message without a type; nil at the end.
  private static func receiveStart(_ client: Int32) -> Int? {
    var head = [UInt8](repeating: 0, count: 4)
    guard recv(client, &head, 4, Int32(MSG_WAITALL)) == 4 else { return nil }
    let length = head.reduce(0) { $0 << 8 | Int($1) }
    var body = [UInt8](repeating: 0, count: max(length - 4, 0))
    guard recv(client, &body, body.count, Int32(MSG_WAITALL)) == body.count else { return nil }
    return length
  }

  private static func send(_ client: Int32, _ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { Glibc.send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  // MARK: Messages

  package static func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
    Array(String(type).utf8) + int32(body.count + 4) + body
  }

  private static let ready = message("Z", Array("I".utf8))

  /// The description of a result with these columns, of type text.
  package static func columns(_ names: [String]) -> [UInt8] {
    var body = int16(names.count)
    for name in names {
      body += Array(name.utf8) + [0]
      // Table, column, type, its size, modifier, format.
      body += int32(0) + int16(0) + int32(25) + int16(-1) + int32(-1) + int16(0)
    }
    return message("T", body)
  }

  package static func row(_ values: [String]) -> [UInt8] {
    var body = int16(values.count)
    for value in values { body += int32(value.utf8.count) + Array(value.utf8) }
    return message("D", body)
  }

  package static func complete(_ tag: String) -> [UInt8] { message("C", Array(tag.utf8) + [0]) }

  private static func int16(_ value: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
  }

  private static func int32(_ value: Int) -> [UInt8] { int16(value >> 16) + int16(value) }
}
