import ContentDigest
import Glibc
import ReportModel

/// `OUTPUT/REPORT/`: the folders of one report's intervals. Removes those that the report no longer keeps.
///
/// Removes only what reportgen wrote: from a folder whose manifest names this report and this folder, the files that have the
/// digest of the manifest.
package struct ReportFolder: Sendable {
  /// A folder that reportgen wrote.
  package struct Entry: Hashable, Sendable {
    /// `2026-11-22`.
    package var name: String
    /// The path for messages: `out/sales-daily/2026-11-22`.
    package var shown: String
    /// The start of the interval; nil for a report without intervals.
    package var start: CalendarDate?
  }

  private let directory: Directory
  private let report: String

  /// - Returns: nil when the report has no folder, or its name is invalid.
  /// - Throws: `Diagnostic` when the folder cannot be opened.
  package init?(output: String, shownAs: String, report: String) throws {
    guard FileNames.isReport(report),
      let directory = try Directory.open(path: output, shown: shownAs, create: false)?
        .folder(report, create: false)
    else { return nil }
    self.directory = directory
    self.report = report
  }

  /// The names of folders that can be intervals, newest first, without those of other than the default parameters.
  package func names() throws -> [String] {
    try directory.names().filter { FileNames.isInterval($0) && !$0.contains("+") }
      .filter { directory.kind(of: $0) == S_IFDIR }.reversed()
  }

  /// The target of the link `latest`; nil when there is no link.
  package var latest: String? { directory.linkTarget(FileNames.latest) }

  /// A folder by name.
  ///
  /// - Returns: nil when reportgen did not write it.
  package func entry(_ name: String) throws -> Entry? {
    guard let manifest = try manifest(name) else { return nil }
    return Entry(name: name, shown: directory.path(name), start: manifest.interval.start)
  }

  /// Removes the folder's files, then the manifest, then the folder. After a crash the next run continues.
  ///
  /// - Returns: false when the folder stays, because it contains files that reportgen did not write.
  package func remove(_ name: String) throws -> Bool {
    guard let manifest = try manifest(name), let folder = try directory.folder(name, create: false) else {
      return false
    }
    for partial in try folder.names() where FileNames.isPartial(partial) { try folder.remove(partial) }
    for file in manifest.files where FileNames.isFile(file.name) {
      if try folder.digest(of: file.name, bytes: file.bytes) == file.sha256 { try folder.remove(file.name) }
    }
    try folder.remove(FileNames.manifest)
    try directory.removeIfEmpty(name)
    try directory.sync()
    return directory.kind(of: name) == nil
  }

  /// Removes temporary files that an earlier run has left in a folder, and the folder if it is empty then. The caller must
  /// hold the report's lock.
  package func removeLeftovers(of name: String) throws {
    guard let folder = try directory.folder(name, create: false) else { return }
    let leftovers = try folder.names().filter(FileNames.isPartial)
    for leftover in leftovers { try folder.remove(leftover) }
    if !leftovers.isEmpty { try directory.removeIfEmpty(name) }
  }

  /// Removes the link `latest` when it leads nowhere, and the report's own folder when nothing else is in it.
  package static func removeIfEmpty(output: String, shownAs: String, report: String) throws {
    guard let parent = try Directory.open(path: output, shown: shownAs, create: false),
      let folder = try parent.folder(report, create: false)
    else { return }
    if let target = folder.linkTarget(FileNames.latest), folder.kind(of: target) == nil {
      try folder.remove(FileNames.latest)
    }
    try parent.removeIfEmpty(report)
  }

  private func manifest(_ name: String) throws -> Manifest? {
    guard let folder = try directory.folder(name, create: false),
      let manifest = try ExportFolder.manifest(in: folder),
      manifest.report == report, manifest.interval.name == name
    else { return nil }
    return manifest
  }
}

extension Directory {
  /// The SHA-256 of a regular file; nil when there is no file of that size.
  fileprivate func digest(of name: String, bytes: Int) throws -> String? {
    guard size(of: name) == bytes else { return nil }
    let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { throw FileFailure.diagnostic("read", path(name), errno: errno) }
    defer { close(file) }
    let digest = SHA256Digest()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: FileWriter.bufferBytes, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = Glibc.read(file, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileFailure.diagnostic("read", path(name), errno: errno) }
      guard count > 0 else { return digest.finish() }
      digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }
}
