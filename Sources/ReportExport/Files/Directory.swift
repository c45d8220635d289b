import Glibc
import ReportModel

/// An open folder. Its entries are opened relative to its file descriptor, so that a rename or a symbolic link cannot redirect
/// a write.
///
/// Owns its file descriptor.
final class Directory: Sendable {
  let descriptor: Int32
  /// The path for messages: `out/sales-daily`.
  let shown: String

  private init(descriptor: Int32, shown: String) {
    self.descriptor = descriptor
    self.shown = shown
  }

  deinit { close(descriptor) }

  /// Opens a folder at a path that the user chose. Follows symbolic links.
  ///
  /// - Parameter create: whether to create the folder and its parents when they are missing.
  /// - Returns: nil when it is missing and `create` is false.
  static func open(path: String, shown: String, create: Bool) throws -> Directory? {
    if create { try makeFolders(path, shown: shown) }
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor >= 0 { return Directory(descriptor: descriptor, shown: shown) }
    if errno == ENOENT { return nil }
    throw FileFailure.diagnostic("open", shown, errno: errno)
  }

  /// Opens a folder inside. Refuses a symbolic link, which could point outside of the output folder.
  ///
  /// - Returns: nil when it is missing and `create` is false.
  func folder(_ name: String, create: Bool) throws -> Directory? {
    let shown = path(name)
    if create, mkdirat(descriptor, name, 0o777) != 0, errno != EEXIST {
      throw FileFailure.diagnostic("create", shown, errno: errno)
    }
    let child = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    if child >= 0 { return Directory(descriptor: child, shown: shown) }
    let code = errno
    if code == ENOENT { return nil }
    if kind(of: name) == S_IFLNK {
      throw Diagnostic(
        .error, "\"\(shown)\" is a symbolic link",
        detail: "Files are not written through symbolic links below the output folder.",
        hint: "Replace the link by a folder, or set \"output\" in reportgen.yaml to the other folder.")
    }
    throw FileFailure.diagnostic("open", shown, errno: code)
  }

  /// The path of an entry, for messages.
  func path(_ name: String) -> String { shown + "/" + name }

  /// `S_IFREG`, `S_IFDIR`, `S_IFLNK` …; nil when there is no such entry. Does not follow links.
  func kind(of name: String) -> mode_t? { status(name).map { $0.st_mode & S_IFMT } }

  /// The size of a regular file in bytes; nil when there is none.
  func size(of name: String) -> Int? {
    guard let status = status(name), status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  private func status(_ name: String) -> stat? {
    var found = stat()
    return fstatat(descriptor, name, &found, AT_SYMLINK_NOFOLLOW) == 0 ? found : nil
  }

  func rename(_ old: String, to new: String) throws {
    guard renameat(descriptor, old, descriptor, new) == 0 else {
      throw FileFailure.diagnostic("replace", path(new), errno: errno)
    }
  }

  /// Removes a file. A missing file is not an error.
  func remove(_ name: String) throws {
    guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
      throw FileFailure.diagnostic("remove", path(name), errno: errno)
    }
  }

  /// Removes a folder. A missing folder and one that is not empty are not errors.
  func removeIfEmpty(_ name: String) throws {
    guard unlinkat(descriptor, name, AT_REMOVEDIR) == 0 || [ENOENT, ENOTEMPTY, EEXIST].contains(errno) else {
      throw FileFailure.diagnostic("remove", path(name), errno: errno)
    }
  }

  /// Removes temporary files of a file that ended processes have left, of any host.
  ///
  /// A process that is still writing holds a lock on its temporary file. Without locks in the file system, or just before it
  /// renames the file, the other process loses its file, and this writer's file is used.
  func removeLeftovers(of name: String) throws {
    for found in try names() where FileNames.isPartial(found, of: name) && !isLocked(found) {
      try remove(found)
    }
  }

  /// Whether a process is writing the file; the lock ends with the process.
  private func isLocked(_ name: String) -> Bool {
    let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    return flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Syncs the folder, so that renames and new names survive a crash. Ignores EINVAL of file systems without this function.
  func sync() throws {
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw FileFailure.diagnostic("sync", shown, errno: errno)
    }
  }

  func makeLink(_ name: String, to target: String) throws {
    guard symlinkat(target, descriptor, name) == 0 else {
      throw FileFailure.diagnostic("create", path(name), errno: errno)
    }
  }

  /// The target of a symbolic link; nil when there is no link of that name.
  func linkTarget(_ name: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { bytes in
      readlinkat(descriptor, name, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
  }

  /// The names of all entries except `.` and `..`, sorted.
  func names() throws -> [String] {
    let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0, let stream = fdopendir(copy) else {
      if copy >= 0 { close(copy) }
      throw FileFailure.diagnostic("read", shown, errno: errno)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The contents of a regular file; nil when there is none.
  ///
  /// - Throws: `Diagnostic`, also for a file larger than `limitBytes`.
  func read(_ name: String, limitBytes: Int) throws -> [UInt8]? {
    guard let size = size(of: name) else { return nil }
    guard size <= limitBytes else {
      throw Diagnostic(.error, "\"\(path(name))\" has \(size) bytes, more than \(limitBytes)")
    }
    let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { throw FileFailure.diagnostic("read", path(name), errno: errno) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: size)
    var filled = 0
    while filled < size {
      let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + filled, size - filled) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileFailure.diagnostic("read", path(name), errno: errno) }
      if count == 0 { break }
      filled += count
    }
    return Array(bytes[..<filled])
  }

  private static func makeFolders(_ path: String, shown: String) throws {
    if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    let code = errno
    guard code == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw FileFailure.diagnostic("create", shown, errno: code)
    }
    try makeFolders(String(path[..<slash]), shown: shown)
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw FileFailure.diagnostic("create", shown, errno: errno)
    }
  }
}
