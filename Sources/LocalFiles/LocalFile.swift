import Glibc
import ReportModel

/// A file at a path that the user named or that belongs to us.
package enum LocalFile {
  /// Writes a file next to it and renames it, so that readers see the old contents or the new ones.
  ///
  /// - Throws: With the path of the file itself.
  package static func replace(_ path: String, with bytes: some Sequence<UInt8>) throws(SystemError) {
    let new = path + ".new"
    var created: [Folder.Entry] = []
    do throws(SystemError) {
      unlink(new)
      try create(new, shown: path, &created, Array(bytes))
      guard rename(new, path) == 0 else { throw SystemError("write", path, errno: errno) }
    } catch {
      for entry in created { entry.remove() }
      throw error
    }
  }

  /// Also true for a link that leads nowhere.
  package static func exists(_ path: String) -> Bool {
    var found = stat()
    return lstat(path, &found) == 0
  }

  /// - Parameter created: gets the file as soon as it exists, so that the caller can remove it after an error.
  static func create(
    _ path: String, shown: String, _ created: inout [Folder.Entry], _ bytes: [UInt8]
  ) throws(SystemError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw SystemError("create", shown, errno: errno) }
    created.append(.file(path))
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let code = errno
        close(file)
        throw SystemError("write", shown, errno: code)
      }
      rest = rest.dropFirst(count)
    }
    // Some file systems report a full disk only here.
    guard close(file) == 0 else { throw SystemError("write", shown, errno: errno) }
  }
}
