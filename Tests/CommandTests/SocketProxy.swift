import Foundation
import Synchronization
import Testing

/// Stands between the command and a server, on a Unix socket of its own, and fails where a network would.
///
/// Two threads a connection; everything ends with `stop`.
final class SocketProxy: Sendable {
  enum Fault: Sendable {
    case none
    /// Hands the first publish's COMMIT on and cuts the connection before any answer.
    case cutBehindCommit
    /// Cuts the connection in place of handing the COMMIT on.
    case cutBeforeCommit
    /// Takes connections and bytes, and never answers.
    case silence
  }

  /// `COMMIT` as a simple query: type, length, text, NUL.
  private static let commit: [UInt8] = [0x51, 0, 0, 0, 11] + Array("COMMIT".utf8) + [0]

  let folder: String
  private let server: String
  private let listener: Int32
  private let state: Mutex<(fault: Fault, sockets: [Int32], unanswered: Int, isListening: Bool)>
  /// Round trips so far, and the connections whose client has the last word.
  private let trips = Mutex((count: 0, asking: Set<Int32>()))

  init(folder: String, server: String, _ fault: Fault) throws {
    self.folder = folder
    self.server = server
    state = Mutex((fault, [], 0, true))
    listener = try #require(Self.socket(at: folder + "/.s.PGSQL.5432") { bind($0, $1, $2) })
    try #require(listen(listener, 16) == 0)
    Thread.detachNewThread { [self] in
      while case let client = accept(listener, nil, nil), client >= 0 { serve(client) }
      state.withLock { state in
        state.isListening = false
        close(listener)
      }
    }
  }

  var conninfoHost: String { "host=\(folder) port=5432" }
  var fault: Fault { state.withLock { $0.fault } }
  /// How many connections were taken and never answered.
  var unanswered: Int { state.withLock { $0.unanswered } }
  /// How often a client has waited for an answer: requests that go out together are one.
  var roundTrips: Int { trips.withLock { $0.count } }
  func become(_ fault: Fault) { state.withLock { $0.fault = fault } }

  /// Resets every connection that stands; new ones are taken.
  func cutAll() {
    let sockets = state.withLock { state in
      defer { state.sockets = [] }
      return state.sockets
    }
    for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
  }

  /// Once more does nothing: a descriptor that is closed can be somebody else's already, so only the thread that
  /// accepts closes its own.
  func stop() {
    let sockets = state.withLock { state in
      if state.isListening { shutdown(listener, Int32(SHUT_RDWR)) }
      return state.sockets
    }
    for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
  }

  private func serve(_ client: Int32) {
    guard fault.answers else {
      // Kept open: a closed one would be an answer.
      return state.withLock { state in
        state.sockets.append(client)
        state.unanswered += 1
      }
    }
    guard let upstream = Self.socket(at: server, { connect($0, $1, $2) }) else {
      close(client)
      return
    }
    state.withLock { $0.sockets += [client, upstream] }
    Thread.detachNewThread { [self] in pump(from: client, to: upstream, isRequest: true) }
    Thread.detachNewThread { [self] in pump(from: upstream, to: client, isRequest: false) }
  }

  private func pump(from source: Int32, to target: Int32, isRequest: Bool) {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while case let count = read(source, &buffer, buffer.count), count > 0 {
      guard fault.answers else { continue }
      note(isRequest ? source : target, isRequest: isRequest)
      let isCommit = isRequest && buffer[..<count].starts(with: Self.commit)
      if isCommit, case .cutBeforeCommit = fault { return cut(source, target) }
      guard send(target, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
      if isCommit, case .cutBehindCommit = fault { return cut(source, target) }
    }
    shutdown(target, Int32(SHUT_WR))
    shutdown(source, Int32(SHUT_RD))
  }

  private func note(_ client: Int32, isRequest: Bool) {
    trips.withLock { trips in
      if isRequest {
        trips.asking.insert(client)
      } else if trips.asking.remove(client) != nil {
        trips.count += 1
      }
    }
  }

  /// The client is gone at once; the server reads what it was sent and then the end.
  private func cut(_ client: Int32, _ server: Int32) {
    become(.none)
    shutdown(client, Int32(SHUT_RDWR))
    shutdown(server, Int32(SHUT_WR))
  }

  /// - Returns: nil where nobody listens.
  private static func socket(
    at path: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32? {
    let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result != 0 else { return descriptor }
    close(descriptor)
    return nil
  }
}

extension SocketProxy.Fault {
  var answers: Bool {
    if case .silence = self { return false }
    return true
  }

  /// Whether it cuts a connection, and all other connections work.
  var isCut: Bool {
    switch self {
    case .cutBehindCommit, .cutBeforeCommit: true
    case .none, .silence: false
    }
  }
}
