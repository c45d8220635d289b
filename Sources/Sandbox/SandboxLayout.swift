import Foundation
import ProcessRunner
import ReportModel

/// The paths of a project's sandbox.
///
/// Data and logs are in `PROJECT/.reportgen/sandbox`. Where the servers' user cannot enter the project (a project
/// under /root, started by root), or where its path is too long for PostgreSQL, they are in a private folder below
/// /var/tmp, and `.reportgen/sandbox` is a link to it. Both folders belong to the OS user who started the sandbox.
/// Sockets are always in a private folder under /tmp: a socket's path must be shorter than 108 bytes.
package struct SandboxLayout: Sendable, Hashable {
  /// Absolute, without links: a project that is reached by another path has the same sandbox.
  package let projectDirectory: String
  /// Belongs to the servers' user, with mode 0700.
  package let socketDirectory: String
  /// What `.reportgen/sandbox` may link to.
  let outsideDirectory: String

  /// Sockets below /tmp, data that cannot be in the project below /var/tmp.
  package init(projectDirectory: String) {
    self.init(projectDirectory: projectDirectory, temporary: "/tmp", persistent: "/var/tmp")
  }

  /// - Parameters:
  ///   - temporary: The parent of the sockets' folder.
  ///   - persistent: The parent of the folder for data that cannot be in the project.
  package init(projectDirectory: String, temporary: String, persistent: String) {
    let resolved = realpath(projectDirectory, nil)
    defer { free(resolved) }
    let path = resolved.map { String(cString: $0) } ?? projectDirectory
    // Two OS users, or two copies of a project, have two sandboxes.
    let name = "reportgen-\(geteuid())-\(Self.hash(path))"
    self.projectDirectory = path
    socketDirectory = "\(temporary)/\(name)"
    outsideDirectory = "\(persistent)/\(name)"
  }

  /// The project's own folder for what is not in git.
  var stateDirectory: String { projectDirectory + "/.reportgen" }
  var insideDirectory: String { stateDirectory + "/sandbox" }
  var lockFile: String { stateDirectory + "/sandbox.lock" }

  /// The folder of data and logs; nil where there is none.
  package var dataDirectory: String? {
    var found = stat()
    if lstat(insideDirectory, &found) == 0, found.st_mode & S_IFMT == S_IFDIR { return insideDirectory }
    return lstat(outsideDirectory, &found) == 0 ? outsideDirectory : nil
  }

  /// Creates the folder of data and logs for servers of this user.
  ///
  /// - Returns: its path.
  /// - Throws: `Diagnostic` if a folder of that name belongs to another user.
  func makeDataDirectory(for user: ServerUser) async throws -> String {
    let isInside = try await canServe(stateDirectory, user)
    let folder = isInside ? insideDirectory : outsideDirectory
    // The servers' user may enter the folder, but not list or change it: markers and logs are in it, too.
    let mode: mode_t = user.name == nil ? 0o700 : 0o710
    try PrivateFolder.make(folder, owner: .invoking(group: user.groupID), mode: mode)
    guard isInside || symlink(outsideDirectory, insideDirectory) == 0 || errno == EEXIST else {
      throw SystemError("create", insideDirectory, errno: errno).diagnostic()
    }
    return folder
  }

  func makeStateDirectory() throws {
    guard mkdir(stateDirectory, 0o755) == 0 || errno == EEXIST else {
      throw SystemError(doing: "create folder \"\(stateDirectory)\"", code: errno).diagnostic(
        hint: "The sandbox needs a project folder that you can write to.")
    }
  }

  /// Removes data, logs and the link; their servers must have been stopped.
  func removeData() throws {
    if let dataDirectory { try PrivateFolder.remove(dataDirectory) }
    try PrivateFolder.remove(insideDirectory)
  }

  /// Removes the folder of the sockets unless another user has created it.
  func removeSockets(of user: ServerUser) throws {
    guard (try? PrivateFolder.verify(socketDirectory, owner: user)) != nil else { return }
    try PrivateFolder.remove(socketDirectory)
  }

  /// PostgreSQL cuts paths at 1024 bytes, file names included. Whether the user may enter the folder, the kernel decides.
  private func canServe(_ folder: String, _ user: ServerUser) async throws -> Bool {
    guard folder.utf8.count < 800 else { return false }
    guard user.name != nil else { return true }
    return try await Command("/usr/bin/test", ["-x", folder]).run(as: user).run().status == 0
  }

  /// FNV-1a, 64 bits, as 16 hexadecimal digits; not meant to resist an attack.
  private static func hash(_ text: String) -> String {
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
