import Foundation
import ReportModel
import Synchronization

/// A small HTTP/1.1 server on a loopback port, which answers as a test wants: also late, cut short or not at all.
///
/// A thread for each connection; everything ends with `stop`.
package final class LoopbackServer: Sendable {
  package struct Request: Hashable, Sendable {
    package var method: String
    /// With the query, as it came.
    package var target: String
    /// Names in lower case.
    package var headers: [String: String]
    package var body: String

    package init(method: String, target: String, headers: [String: String], body: String) {
      self.method = method
      self.target = target
      self.headers = headers
      self.body = body
    }
  }

  package enum Step: Sendable {
    case send(String)
    /// Until the client closes.
    case waitForClose
    case close
  }

  private struct State {
    var requests: [Request] = []
    var sockets: [Int32] = []
    var connections = 0
    var closedByClient = 0
    var isListening = true
  }

  package let port: UInt16
  private let listener: Int32
  private let state = Mutex(State())
  private let answer: @Sendable (Request) -> [Step]

  package init(_ answer: @escaping @Sendable (Request) -> [Step]) throws {
    self.answer = answer
    (listener, port) = try Self.listen()
    Thread.detachNewThread { [self] in
      while case let client = accept(listener, nil, nil), client >= 0 {
        state.withLock {
          $0.sockets.append(client)
          $0.connections += 1
        }
        Thread.detachNewThread { [self] in serve(client) }
      }
      state.withLock { state in
        state.isListening = false
        close(listener)
      }
    }
  }

  package var url: String { "http://127.0.0.1:\(port)" }
  package var requests: [Request] { state.withLock { $0.requests } }
  package var connections: Int { state.withLock { $0.connections } }
  /// Connections that the client closed while it was owed an answer.
  package var closedByClient: Int { state.withLock { $0.closedByClient } }

  package func stop() {
    state.withLock { state in
      if state.isListening { shutdown(listener, Int32(SHUT_RDWR)) }
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }
  }

  /// A whole answer with its length.
  package static func response(
    _ status: Int, _ body: String = "", headers: [String] = [], reason: String = "Some Words"
  ) -> Step {
    let lines = ["HTTP/1.1 \(status) \(reason)", "Content-Length: \(body.utf8.count)"] + headers
    return .send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
  }

  // MARK: Connections

  static func listen() throws -> (Int32, UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) | Glibc.listen(listener, 64) | getsockname(listener, address, &length)
      }
    }
    guard listener >= 0, status == 0 else { throw Diagnostic("could not listen on the loopback address") }
    return (listener, UInt16(bigEndian: address.sin_port))
  }

  private func serve(_ client: Int32) {
    defer { forget(client) }
    var received: [UInt8] = []
    while let request = read(from: client, &received) {
      state.withLock { $0.requests.append(request) }
      for step in answer(request) {
        switch step {
        case .send(let text):
          let bytes = Array(text.utf8)
          guard send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return }
        case .waitForClose:
          var byte: UInt8 = 0
          while recv(client, &byte, 1, 0) > 0 {}
          state.withLock { $0.closedByClient += 1 }
          return
        case .close: return
        }
      }
    }
  }

  /// Under the lock, so that `stop` never shuts down a descriptor that is somebody else's by now.
  private func forget(_ client: Int32) {
    state.withLock { state in
      state.sockets.removeAll { $0 == client }
      close(client)
    }
  }

  /// - Returns: nil at the end of the connection.
  private func read(from client: Int32, _ received: inout [UInt8]) -> Request? {
    let end = Array("\r\n\r\n".utf8)
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      if let head = received.firstRange(of: end) {
        var request = Self.request(head: String(decoding: received[..<head.lowerBound], as: UTF8.self))
        let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
        if received.count >= head.upperBound + length {
          request.body = String(decoding: received[head.upperBound..<head.upperBound + length], as: UTF8.self)
          received.removeFirst(head.upperBound + length)
          return request
        }
      }
      let count = recv(client, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      received += buffer[..<count]
    }
  }

  private static func request(head: String) -> Request {
    let lines = head.components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
        in: .whitespaces)
    }
    return Request(
      method: words.first.map(String.init) ?? "", target: words.dropFirst().first.map(String.init) ?? "",
      headers: headers, body: "")
  }
}
