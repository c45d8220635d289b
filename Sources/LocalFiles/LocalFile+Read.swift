import Glibc
import ReportModel

extension LocalFile {
  /// Longer texts are refused: no definition written by people comes near it.
  static let limitBytes = 1 << 20

  /// The text of a file that the user named.
  ///
  /// - Throws: also `EISDIR`, `EFBIG` over 1 MiB, and `EILSEQ` for what is not UTF-8.
  package static func text(_ path: String, shown: String) throws(SystemError) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw SystemError("read", shown, errno: errno) }
    defer { close(file) }
    return try text(file, shown)
  }

  /// The text that comes from standard input, up to its end.
  package static func standardInput() throws(SystemError) -> String { try text(0, "standard input") }

  private static func text(_ file: Int32, _ shown: String) throws(SystemError) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(file, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemError("read", shown, errno: errno) }
      if count == 0 { break }
      bytes += buffer[..<count]
      guard bytes.count <= limitBytes else { throw SystemError("read", shown, errno: EFBIG) }
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
      throw SystemError("read", shown, errno: EILSEQ)
    }
    return text
  }
}
