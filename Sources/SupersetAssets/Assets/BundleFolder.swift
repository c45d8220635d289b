import Glibc
import LocalFiles
import ReportModel

/// The folder of a bundle and the ZIP next to it, which are replaced together.
package struct BundleFolder: Sendable {
  /// Absolute; the ZIP is at this path with `.zip` appended.
  package let path: String

  package init(path: String) { self.path = path }

  private static let marker = "metadata.yaml"

  /// Writes the new folder next to the old one, then exchanges them and replaces the ZIP.
  ///
  /// After an error the earlier folder and ZIP are as they were.
  /// - Throws: `Diagnostic`, also for a folder that holds anything but an earlier bundle.
  package func replace(with bundle: AssetBundle) throws(Diagnostic) {
    let isReplaced: Bool
    do throws(SystemError) {
      isReplaced = try write(bundle)
    } catch {
      throw SystemError("write", path, errno: error.code).diagnostic()
    }
    guard isReplaced else {
      throw Diagnostic(
        "\"\(path)\" is not an earlier bundle",
        hint: "Name a folder that does not exist yet, or an empty one.")
    }
  }

  /// - Returns: false when the folder holds something else.
  private func write(_ bundle: AssetBundle) throws(SystemError) -> Bool {
    guard try isReplaceable else { return false }
    let new = path + ".new"
    try Folder.remove(new)
    try FileSet(bundle.files).create(in: new)
    do throws(SystemError) {
      try exchange(new, zip: bundle.zip)
    } catch {
      try? Folder.remove(new)
      throw error
    }
    return true
  }

  /// - Parameter new: The path of the new folder; after an error it is there again.
  private func exchange(_ new: String, zip: [UInt8]) throws(SystemError) {
    let old = path + ".old"
    try Folder.remove(old)
    let hasOld = LocalFile.exists(path)
    if hasOld { try move(path, to: old) }
    do throws(SystemError) {
      try move(new, to: path)
      do throws(SystemError) {
        try LocalFile.replace(path + ".zip", with: zip)
      } catch {
        try move(path, to: new)
        throw error
      }
    } catch {
      if hasOld { try move(old, to: path) }
      throw error
    }
    if hasOld { try? Folder.remove(old) }
  }

  private func move(_ old: String, to new: String) throws(SystemError) {
    guard rename(old, new) == 0 else { throw SystemError("write", new, errno: errno) }
  }

  /// - Throws: `ENOTDIR` when a file is at the path.
  private var isReplaceable: Bool {
    get throws(SystemError) {
      guard LocalFile.exists(path) else { return true }
      let names = try Folder.names(in: path)
      return names.isEmpty || names.contains(Self.marker)
    }
  }
}
