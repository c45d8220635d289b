import Glibc

/// What a server asks for before it lets a session in, read from the socket before libpq reads it: libpq 15 hands the
/// password to every server that asks for it, and has no `require_auth`, which came with 16.
///
/// A server that sends a second request between our look and libpq's, a few microseconds later, is not seen.
/// - SeeAlso: PostgreSQL, "Message Formats", AuthenticationCleartextPassword.
enum AuthenticationRequest {
  case clearTextPassword
  case other
  /// The rest of a message is still on its way.
  case incomplete

  private static let clearText = 3
  /// libpq refuses longer messages here.
  private static let longestBytes = 30_000

  /// What the socket has received and libpq has not read.
  static func waiting(on socket: Int32) -> AuthenticationRequest {
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(socket, &bytes, bytes.count, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    return of(bytes.prefix(max(count, 0)))
  }

  /// - Parameter bytes: from the beginning of a message; empty at the end of the connection.
  static func of(_ bytes: ArraySlice<UInt8>) -> AuthenticationRequest {
    var rest = bytes
    while let type = rest.first {
      guard rest.count >= 5 else { return .incomplete }
      let length = number(rest.dropFirst())
      guard (4...longestBytes).contains(length) else { return .other }
      if type == UInt8(ascii: "R"), rest.count >= 9, number(rest.dropFirst(5)) == clearText {
        return .clearTextPassword
      }
      guard rest.count > length else { return .incomplete }
      rest = rest.dropFirst(length + 1)
    }
    return .other
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
  }
}
