import Glibc
import ReportModel

/// What the operating system refused, in the words of a diagnostic.
enum SystemError {
  /// - Parameters:
  ///   - verb: `write`, `create`, `rename`.
  ///   - path: as the user would write it.
  ///   - code: `errno`, read right after the call.
  static func diagnostic(_ verb: String, _ path: String, errno code: Int32) -> Diagnostic {
    Diagnostic(.error, "could not \(verb) \"\(path)\": \(text(code))", hint: hint(code, path: path))
  }

  /// `no space left on device`.
  static func text(_ code: Int32) -> String {
    guard let words = strerror(code) else { return "error \(code)" }
    let text = String(cString: words)
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  private static func hint(_ code: Int32, path: String) -> String? {
    switch code {
    case ENOSPC, EDQUOT:
      "Free some space or point \"output\" to another disk, then run `reportgen export`; the published rows stay."
    case EACCES, EPERM:
      "The user who runs reportgen has to be able to write there."
    case EROFS:
      "Point \"output\" in reportgen.yaml to a folder that can be written."
    case EEXIST:
      "Another run may be writing it; otherwise remove it."
    case ENOTDIR:
      "A file stands where a folder has to be; move it away."
    case EMFILE, ENFILE:
      "Raise the limit of open files (`ulimit -n`) or lower --jobs."
    default: nil
    }
  }
}
