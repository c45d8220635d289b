import Foundation
import ReportModel

/// Reads and replaces small files outside of the output folder. A reader sees the old or the new contents, never a part.
package enum WholeFile {
  /// Writes a temporary file and renames it.
  ///
  /// - Parameters:
  ///   - path: an absolute path, whose folder must exist.
  ///   - permissions: set whatever the umask is, because another user may read the file.
  /// - Throws: `Diagnostic`; the file is unchanged then.
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

  /// The contents of a file, decoded as UTF-8.
  ///
  /// - Returns: nil when there is no such file.
  /// - Throws: `Diagnostic`, also for a file larger than `limitBytes`.
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
