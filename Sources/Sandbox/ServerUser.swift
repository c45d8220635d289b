import Glibc
import ReportModel

/// The OS user that the servers run as: PostgreSQL refuses to run as root.
package struct ServerUser: Sendable, Hashable {
  static let setpriv = "/usr/bin/setpriv"

  /// Nil for the user who started this process.
  package var name: String?
  /// The owner of the data folders.
  package var userID: uid_t
  package var groupID: gid_t

  /// The user who started this process, with the group of the servers' user: the owner of folders that servers may
  /// enter but not change.
  package static func invoking(group: gid_t) -> ServerUser {
    ServerUser(name: nil, userID: geteuid(), groupID: group)
  }

  /// The user who started this process, or `postgres` in place of root.
  ///
  /// - Throws: `Diagnostic` for root without an OS user `postgres` or without setpriv.
  package static func current() throws -> ServerUser {
    guard geteuid() == 0 else { return ServerUser(name: nil, userID: geteuid(), groupID: getegid()) }
    guard let entry = getpwnam("postgres") else {
      throw Diagnostic(
        .error, "OS user \"postgres\" does not exist",
        detail: "The sandbox was started by root, and PostgreSQL refuses to run as root.",
        hint:
          "Install PostgreSQL's Debian package, which creates the user, or start the sandbox as another user."
      )
    }
    guard access(setpriv, X_OK) == 0 else {
      throw Diagnostic(
        .error, "could not find \"\(setpriv)\"",
        hint: "Run \"apt-get install util-linux\", or start the sandbox as another user than root.")
    }
    return ServerUser(name: "postgres", userID: entry.pointee.pw_uid, groupID: entry.pointee.pw_gid)
  }
}
