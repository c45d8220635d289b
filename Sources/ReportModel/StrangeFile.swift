import Glibc

/// What stands at a path instead of a file with bytes to read.
package enum StrangeFile {
  /// What people call it, `named pipe`; nil for a regular file.
  ///
  /// To open a named pipe would wait for another process, and to open a device can do something to it.
  /// - Parameter mode: as `stat` gives it.
  package static func kind(_ mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "folder"
    case S_IFIFO: "named pipe"
    case S_IFSOCK: "socket"
    case S_IFCHR, S_IFBLK: "device"
    default: "special file"
    }
  }

  /// As above, of a path, whose links are followed; nil also for one where nothing is.
  package static func kind(at path: String) -> String? {
    var status = stat()
    return stat(path, &status) == 0 ? kind(status.st_mode) : nil
  }
}
