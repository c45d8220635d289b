import Foundation
import ReportModel

/// A file outside of the output folder that somebody may read at any moment: it is as before, or as after.
package enum WholeFile {
  /// - Parameters:
  ///   - path: absolute; its folder has to exist.
  ///   - permissions: whatever the umask is, since the one who reads it can be another user.
  /// - Throws: `Diagnostic`.
  package static func replace(_ path: String, with text: String, permissions: mode_t) throws {
    let (folder, name) = split(path)
    guard FileNames.isFile(name) else { throw Diagnostic("\"\(name)\" cannot be a file's name") }
    guard let directory = try Directory.open(path: folder, shown: folder, create: false) else {
      throw FileFailure.diagnostic("open", folder, errno: ENOENT)
    }
    try directory.removeLeftovers(of: name)
    let temporary = FileNames.partial(name, writer: UUID())
    let writer = try FileWriter(directory: directory, name: name, temporaryName: temporary)
    try writer.write(text)
    _ = try writer.finish()
    do {
      guard fchmodat(directory.descriptor, temporary, permissions, 0) == 0 else {
        throw FileFailure.diagnostic("change", directory.path(name), errno: errno)
      }
      try directory.rename(temporary, to: name)
    } catch {
      try? directory.remove(temporary)
      throw error
    }
  }

  /// - Returns: nil when there is no such file.
  /// - Throws: `Diagnostic`, also for a file over `limitBytes`.
  package static func read(_ path: String, limitBytes: Int) throws -> String? {
    let (folder, name) = split(path)
    guard let directory = try Directory.open(path: folder, shown: folder, create: false) else { return nil }
    return try directory.read(name, limitBytes: limitBytes).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = String(path[..<slash])
    return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
  }
}
