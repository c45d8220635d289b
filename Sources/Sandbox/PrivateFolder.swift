import Glibc
import LocalFiles
import ReportModel

/// Folders that nobody but their owner can enter.
package enum PrivateFolder {
  /// Makes a folder of mode 0700 for the servers' user; its parent must exist.
  ///
  /// A folder that is there already must be such a one: in /tmp anybody can make any name before us.
  /// - Parameter mode: 0710 lets the group in too, which cannot list or write.
  package static func make(_ path: String, owner: ServerUser, mode: mode_t = 0o700) throws {
    if mkdir(path, 0o700) == 0 {
      guard chown(path, owner.userID, owner.groupID) == 0, chmod(path, mode) == 0 else {
        throw failure("give \"\(path)\" to its user")
      }
    } else if errno != EEXIST {
      throw failure("create folder \"\(path)\"")
    }
    try verify(path, owner: owner)
  }

  /// - Throws: `Diagnostic` if the path is a link, no folder, somebody else's, or open to others.
  static func verify(_ path: String, owner: ServerUser) throws {
    var found = stat()
    guard lstat(path, &found) == 0 else { throw failure("examine folder \"\(path)\"") }
    let isFolder = found.st_mode & S_IFMT == S_IFDIR
    guard isFolder, found.st_uid == owner.userID, found.st_mode & 0o067 == 0 else {
      throw Diagnostic(
        .error, "cannot use folder \"\(path)\"",
        detail: "It must be a folder of user id \(owner.userID) that others cannot enter; "
          + "it is \(isFolder ? "a folder" : "no folder"), of user id \(found.st_uid), "
          + "with mode \(String(found.st_mode & 0o7777, radix: 8)).",
        hint: "Remove it if it is nobody's, then run the command again.")
    }
  }

  /// Removes a folder and all in it, without following links; nothing happens if it is not there.
  package static func remove(_ path: String) throws {
    do throws(SystemError) {
      try Folder.remove(path)
    } catch {
      throw error.diagnostic()
    }
  }

  private static func failure(_ action: String) -> Diagnostic {
    SystemError(doing: action, code: errno).diagnostic()
  }
}
