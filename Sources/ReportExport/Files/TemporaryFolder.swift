import Foundation
import Glibc
import ReportModel

/// A folder for files that are renamed into their places together. The lock on it ends with the process.
struct TemporaryFolder: Sendable {
  let directory: Directory
  let name: String

  /// Renames a file to its place in another folder of the same file system.
  func move(_ file: String, to target: Directory, as name: String) throws {
    guard renameat(directory.descriptor, file, target.descriptor, name) == 0 else {
      throw FileFailure.diagnostic("replace", target.path(name), errno: errno)
    }
  }

  /// Removes the folder and the files that were not moved.
  func removeWithFiles(from parent: Directory) {
    for file in (try? directory.names()) ?? [] { try? directory.remove(file) }
    try? parent.removeIfEmpty(name)
  }
}

extension Directory {
  /// Creates a folder and locks it, so that no other process takes it for abandoned.
  func makeLockedFolder(_ name: String) throws -> TemporaryFolder {
    // Between the two steps another process can remove it.
    for _ in 0..<10 {
      guard let folder = try folder(name, create: true) else { continue }
      // The lock is optional, because not every file system supports it.
      _ = flock(folder.descriptor, LOCK_EX | LOCK_NB)
      if kind(of: name) == S_IFDIR { return TemporaryFolder(directory: folder, name: name) }
    }
    throw FileFailure.diagnostic("create", path(name), errno: EAGAIN)
  }

  /// Removes temporary folders of that name whose processes have ended, with the files in them.
  func removeAbandonedFolders(of file: String) throws {
    for name in try names() where FileNames.isPartial(name, of: file) {
      guard kind(of: name) == S_IFDIR, let folder = try folder(name, create: false),
        flock(folder.descriptor, LOCK_EX | LOCK_NB) == 0
      else { continue }
      TemporaryFolder(directory: folder, name: name).removeWithFiles(from: self)
    }
  }

  /// Creates a file in one step; it is not synced.
  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw FileFailure.diagnostic("create", path(name), errno: errno) }
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + done, bytes.count - done) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let code = errno
        close(file)
        throw FileFailure.diagnostic("write", path(name), errno: code)
      }
      done += count
    }
    // Network file systems report a full disk when the file is closed.
    guard close(file) == 0 else { throw FileFailure.diagnostic("write", path(name), errno: errno) }
  }
}
