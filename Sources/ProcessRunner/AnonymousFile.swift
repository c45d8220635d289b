import Glibc
import ReportModel

/// An unlinked temporary file: the kernel removes it with its last descriptor, also after a crash.
final class AnonymousFile {
  let descriptor: Int32

  /// - Parameter contents: what a reader of the descriptor gets, from the beginning.
  init(_ contents: String = "") throws {
    var path = Array("/tmp/reportgen-output-XXXXXX".utf8CString)
    descriptor = mkstemp(&path)
    guard descriptor >= 0 else {
      throw SystemError(doing: "create a file in \"/tmp\"", code: errno).diagnostic()
    }
    unlink(path)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    try write(contents)
  }

  deinit { close(descriptor) }

  private func write(_ contents: String) throws {
    var rest = Array(contents.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw SystemError(doing: "write a file in \"/tmp\"", code: errno).diagnostic()
      }
      rest = rest.dropFirst(count)
    }
    lseek(descriptor, 0, SEEK_SET)
  }

  /// - Parameter limitBytes: how much of the end to read.
  func text(last limitBytes: Int = .max) -> String {
    let start = max(0, Int(lseek(descriptor, 0, SEEK_END)) - limitBytes)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = pread(descriptor, &buffer, buffer.count, off_t(start + bytes.count))
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }
}
