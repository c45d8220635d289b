import Glibc
import ReportModel

/// A text file of the project, read whole.
struct SourceFile {
  /// Larger files are refused before they are read; no definition written by people comes near it.
  static let limitBytes = 1 << 20

  /// Relative to the project's folder.
  let path: String
  /// Without a byte order mark.
  let text: String

  static func read(_ path: String, in directory: String) -> Result<SourceFile, Diagnostic> {
    func refused(_ message: String, hint: String? = nil, at place: SourcePlace? = nil) -> Diagnostic {
      Diagnostic(.error, message, hint: hint, file: path.visible(), place: place)
    }
    switch readBytes(directory + "/" + path) {
    case .failure(let failure):
      return .failure(refused(failure.message, hint: failure.hint))
    case .success(var bytes):
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        return .failure(
          refused("text is not UTF-8", hint: "Save the file as UTF-8.", at: placeOfInvalidByte(bytes)))
      }
      if let offset = bytes.firstIndex(of: 0) {
        return .failure(
          refused(
            "text has a NUL byte", hint: "Save the file as UTF-8, not UTF-16.",
            at: SourcePlace(utf8Offset: offset, in: text)))
      }
      return .success(SourceFile(path: path, text: text))
    }
  }

  private static func readBytes(_ path: String) -> Result<[UInt8], Diagnostic> {
    var status = stat()
    guard stat(path, &status) == 0 else { return .failure(couldNotRead(errno)) }
    // Before it is opened: to open a device can do something to it, and a socket cannot be opened at all.
    if let kind = Self.strangeKind(status.st_mode) { return .failure(isNoFile(kind)) }
    // Without O_NONBLOCK, opening a named pipe would block until another process opens it for writing.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return .failure(couldNotRead(errno)) }
    defer { close(descriptor) }
    guard fstat(descriptor, &status) == 0 else { return .failure(couldNotRead(errno)) }
    // It can be another one by now.
    if let kind = Self.strangeKind(status.st_mode) { return .failure(isNoFile(kind)) }
    guard status.st_size <= limitBytes else {
      return .failure(
        Diagnostic(
          .error, "file has \(status.st_size) bytes, more than the \(limitBytes) that are read",
          hint: "A definition is text written by people; keep data in tables."))
    }
    return readAll(descriptor, expectedBytes: Int(status.st_size))
  }

  private static func readAll(_ descriptor: Int32, expectedBytes: Int) -> Result<[UInt8], Diagnostic> {
    var bytes: [UInt8] = []
    while bytes.count <= limitBytes {
      var failure: Int32 = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: max(4096, expectedBytes + 1)) { buffer, count in
        let read = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        count = max(0, read)
        if read < 0 { failure = errno }
      }
      if failure == EINTR { continue }
      if failure != 0 { return .failure(couldNotRead(failure)) }
      if chunk.isEmpty { break }
      bytes += chunk
    }
    return .success(bytes)
  }

  /// What is no file with bytes to read, as people call it; nil for a regular file.
  private static func strangeKind(_ mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "folder"
    case S_IFIFO: "named pipe"
    case S_IFSOCK: "socket"
    case S_IFCHR, S_IFBLK: "device"
    default: "special file"
    }
  }

  private static func isNoFile(_ kind: String) -> Diagnostic {
    Diagnostic(.error, "could not read the file: it is a \(kind)", hint: "Remove it; only files are read.")
  }

  private static func couldNotRead(_ error: Int32) -> Diagnostic {
    Diagnostic(.error, "could not read the file: " + SystemError.text(error))
  }

  private static func placeOfInvalidByte(_ bytes: [UInt8]) -> SourcePlace {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while case .valid(let scalar) = parser.parseScalar(from: &iterator) { offset += scalar.count }
    return SourcePlace(utf8Offset: offset, in: String(decoding: bytes[..<offset], as: UTF8.self))
  }
}
