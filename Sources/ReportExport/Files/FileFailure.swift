import Glibc
import ReportModel

/// Why a file of an export could not be written or read, with a hint for the output folder.
enum FileFailure {
  /// - Parameters:
  ///   - verb: `write`, `create`, `rename`.
  ///   - path: as the user would write it.
  ///   - code: `errno`, read right after the call.
  static func diagnostic(_ verb: String, _ path: String, errno code: Int32) -> Diagnostic {
    SystemError(verb, path, errno: code).diagnostic(hint: hint(code))
  }

  private static func hint(_ code: Int32) -> String? {
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
