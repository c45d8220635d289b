import Glibc
import ReportModel

/// Reads files that people wrote, and nothing that would make the reader wait.
package enum PlainFile {
  /// Why a file was not read.
  package enum Failure: Error, Hashable, Sendable {
    /// It is no file with bytes: a folder, a named pipe.
    case strange(kind: String)
    case tooLarge(bytes: Int, limit: Int)
    case system(errno: Int32)

    /// `it is a named pipe`.
    package var reason: String {
      switch self {
      case .strange(let kind): "it is a \(kind)"
      case .tooLarge(let bytes, let limit): "it has \(bytes) bytes, more than the \(limit) that are read"
      case .system(let code): SystemError.text(code)
      }
    }
  }

  /// - Parameter limitBytes: a larger file is refused before it is read.
  package static func read(_ path: String, limitBytes: Int) throws(Failure) -> [UInt8] {
    // Before it is opened: to open a device can do something to it, and a socket cannot be opened at all.
    if let kind = StrangeFile.kind(at: path) { throw .strange(kind: kind) }
    // Without O_NONBLOCK, opening a named pipe would block until another process opens it for writing.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(errno: errno) }
    // It can be another one by now.
    if let kind = StrangeFile.kind(status.st_mode) { throw .strange(kind: kind) }
    guard status.st_size <= limitBytes else {
      throw .tooLarge(bytes: Int(status.st_size), limit: limitBytes)
    }
    return try readAll(descriptor, expectedBytes: Int(status.st_size), limitBytes: limitBytes)
  }

  private static func readAll(_ descriptor: Int32, expectedBytes: Int, limitBytes: Int) throws(Failure)
    -> [UInt8]
  {
    var bytes: [UInt8] = []
    while bytes.count <= limitBytes {
      var failure: Int32 = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: max(4096, expectedBytes + 1)) { buffer, count in
        let read = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        count = max(0, read)
        if read < 0 { failure = errno }
      }
      if failure == EINTR { continue }
      if failure != 0 { throw .system(errno: failure) }
      if chunk.isEmpty { break }
      bytes += chunk
    }
    return bytes
  }
}
