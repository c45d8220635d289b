import Glibc
import ReportModel

/// Folders by their paths, created with their parents and removed with their contents.
package enum Folder {
  /// Something that was created and can be removed again.
  enum Entry {
    case file(String)
    case folder(String)

    /// A folder stays when somebody else has put anything in it.
    func remove() {
      switch self {
      case .file(let path): unlink(path)
      case .folder(let path): rmdir(path)
      }
    }
  }

  /// Creates the missing folders of a path; `created` gets them, the outermost first.
  static func create(_ path: String, _ created: inout [Entry]) throws(SystemError) {
    if mkdir(path, 0o777) == 0 {
      created.append(.folder(path))
      return
    }
    let code = errno
    switch code {
    case EEXIST: return
    case ENOENT:
      guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { break }
      try create(String(path[..<slash]), &created)
      if mkdir(path, 0o777) == 0 {
        created.append(.folder(path))
        return
      }
      if errno == EEXIST { return }
      throw SystemError("create", path, errno: errno)
    default: break
    }
    throw SystemError("create", path, errno: code)
  }

  /// Removes a file, a link or a folder with everything in it; follows no link. Nothing happens when it is missing.
  package static func remove(_ path: String) throws(SystemError) {
    var found = stat()
    guard lstat(path, &found) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return }
      throw SystemError("remove", path, errno: errno)
    }
    guard found.st_mode & S_IFMT == S_IFDIR else {
      guard unlink(path) == 0 || errno == ENOENT else { throw SystemError("remove", path, errno: errno) }
      return
    }
    for name in try names(in: path) { try remove(path + "/" + name) }
    guard rmdir(path) == 0 || errno == ENOENT else { throw SystemError("remove", path, errno: errno) }
  }

  /// Every entry but `.` and `..`, unsorted.
  ///
  /// - Throws: `ENOTDIR` for a file.
  package static func names(in path: String) throws(SystemError) -> [String] {
    guard let stream = opendir(path) else { throw SystemError("read", path, errno: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
