import Glibc
import ReportModel

/// Paths of the project, as the kernel would walk them.
package enum ProjectFolder {
  /// The nearest folder with the file, from this one upwards; nil when there is none.
  ///
  /// A file that is there and cannot be read counts, also a link that leads nowhere: the next project further up would
  /// be another one.
  /// - Parameter folder: absolute, without `.` and `..`.
  /// - Throws: Status 65 when a folder on the way cannot be searched.
  static func nearest(to folder: String, with file: String) throws(RunError) -> String? {
    var folder = folder
    while true {
      let path = (folder == "/" ? "" : folder) + "/" + file
      var status = stat()
      if lstat(path, &status) == 0 { return folder }
      guard errno == ENOENT || errno == ENOTDIR else {
        throw RunError(
          .definition,
          SystemError("read", path, errno: errno).diagnostic(
            hint: "Name the project's folder with --project.")
        )
      }
      guard folder != "/", let slash = folder.lastIndex(of: "/") else { return nil }
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
  }

  /// The path without `.`, `..` and empty parts. `..` behind a link leads to the folder above the link's target, as
  /// the kernel has it.
  ///
  /// - Parameter folder: absolute; where a relative path begins.
  package static func absolute(_ path: String, from folder: String) -> String {
    var result = path.hasPrefix("/") || folder == "/" ? "" : folder
    for part in path.split(separator: "/") where part != "." {
      guard part == ".." else {
        result += "/" + part
        continue
      }
      if let target = target(of: result) { result = target }
      result = result.lastIndex(of: "/").map { String(result[..<$0]) } ?? ""
    }
    return result.isEmpty ? "/" : result
  }

  /// Where a symbolic link leads in the end; nil for anything else.
  private static func target(of path: String) -> String? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, let found = realpath(path, nil)
    else { return nil }
    defer { free(found) }
    return String(cString: found)
  }
}
