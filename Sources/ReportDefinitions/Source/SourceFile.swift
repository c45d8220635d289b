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
    do {
      var bytes = try PlainFile.read(directory + "/" + path, limitBytes: limitBytes)
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
    } catch {
      let (message, hint) = words(of: error)
      return .failure(refused(message, hint: hint))
    }
  }

  private static func words(of failure: PlainFile.Failure) -> (message: String, hint: String?) {
    switch failure {
    case .tooLarge(let bytes, let limit):
      (
        "file has \(bytes) bytes, more than the \(limit) that are read",
        "A definition is text written by people; keep data in tables."
      )
    case .strange: ("could not read the file: \(failure.reason)", "Remove it; only files are read.")
    case .system: ("could not read the file: \(failure.reason)", nil)
    }
  }

  private static func placeOfInvalidByte(_ bytes: [UInt8]) -> SourcePlace {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while case .valid(let scalar) = parser.parseScalar(from: &iterator) { offset += scalar.count }
    return SourcePlace(utf8Offset: offset, in: String(decoding: bytes[..<offset], as: UTF8.self))
  }
}
