import Glibc
import LocalFiles
import ReportModel

/// Folders that only their owner can enter.
package enum PrivateFolder {
  /// Creates a folder of mode 0700 for an OS user; its parent must exist.
  ///
  /// A folder that exists must be of that kind, since in /tmp another user can create any name first.
  /// - Parameter mode: 0710 lets the group enter, too, but not list or write.
  /// - Throws: `Diagnostic`, also for a folder of another kind.
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

  /// - Throws: `Diagnostic` if the path is a link or no folder, belongs to another user, or is open to others.
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
        hint: "Remove it if nobody needs it, then run the command again.")
    }
  }

  /// Removes a folder with its contents, without following links; nothing happens if it does not exist.
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
