import Glibc
import ReportModel

/// Several new files that are written all, or none of them.
package struct FileSet: Sendable {
  /// A new file of the set.
  package struct File: Sendable {
    /// Relative to the set's folder; the folders in it are created, too.
    package var path: String
    /// The whole contents.
    package var bytes: [UInt8]

    package init(_ path: String, _ bytes: some Sequence<UInt8>) {
      self.path = path
      self.bytes = Array(bytes)
    }
  }

  /// In the order in which they are written.
  package var files: [File]

  /// - Parameter files: paths as in `File`, contents as text in UTF-8.
  package init(_ files: [(path: String, text: String)]) {
    self.files = files.map { File($0.path, $0.text.utf8) }
  }

  /// Creates the files and the folders that they need; replaces nothing.
  ///
  /// After an error nothing is left of them. A crash in between leaves those that were written before it.
  /// - Throws: With the path of the file as the set has it; `EEXIST` for a file that is there already.
  package func create(in folder: String) throws(SystemError) {
    for file in files where LocalFile.exists("\(folder)/\(file.path)") {
      throw SystemError("create", file.path, errno: EEXIST)
    }
    var created: [Folder.Entry] = []
    do throws(SystemError) {
      for file in files {
        let path = "\(folder)/\(file.path)"
        try Folder.create(parent(of: path), &created)
        try LocalFile.create(path, shown: file.path, &created, file.bytes)
      }
    } catch {
      for entry in created.reversed() { entry.remove() }
      throw error
    }
  }

  private func parent(of path: String) -> String {
    String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
  }
}
