import ContentDigest
import Glibc
import ReportModel

/// `OUTPUT/REPORT/`: the folders of one report's intervals, to take away those whose files nobody promises any more.
///
/// Only what reportgen wrote is ever removed: a folder whose manifest names this report and this folder, and of it the
/// files that are byte for byte what the manifest says.
package struct ReportFolder: Sendable {
  /// A folder that reportgen wrote.
  package struct Entry: Hashable, Sendable {
    package var name: String
    /// As messages show it: `out/sales-daily/2026-11-22`.
    package var shown: String
    /// Nil for a report without intervals.
    package var start: CalendarDate?
  }

  private let directory: Directory
  private let report: String

  /// - Returns: nil when the report has no folder yet.
  package init?(output: String, shownAs: String, report: String) throws {
    guard FileNames.isReport(report),
      let directory = try Directory.open(path: output, shown: shownAs, create: false)?
        .folder(report, create: false)
    else { return nil }
    self.directory = directory
    self.report = report
  }

  /// What may be folders of intervals, newest first; those of parameters other than the defaults are not among them.
  package func names() throws -> [String] {
    try directory.names().filter { FileNames.isInterval($0) && !$0.contains("+") }
      .filter { directory.kind(of: $0) == S_IFDIR }.reversed()
  }

  /// The folder that `latest` names.
  package var latest: String? { directory.linkTarget(FileNames.latest) }

  /// - Returns: nil for a folder that somebody else made.
  package func entry(_ name: String) throws -> Entry? {
    guard let manifest = try manifest(name) else { return nil }
    return Entry(name: name, shown: directory.path(name), start: manifest.interval.start)
  }

  /// Removes the folder's files, the manifest last: a crash in between leaves a folder that the next run goes on with.
  ///
  /// - Returns: false when the folder stays, since there is something in it that reportgen did not write.
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

  /// Removes what a run that died left half-written in a folder that has no manifest yet, and the folder if nothing else
  /// is in it. The caller holds the report's lock.
  package func removeLeftovers(of name: String) throws {
    guard let folder = try directory.folder(name, create: false) else { return }
    let leftovers = try folder.names().filter(FileNames.isPartial)
    for leftover in leftovers { try folder.remove(leftover) }
    if !leftovers.isEmpty { try directory.removeIfEmpty(name) }
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
  /// SHA-256 of a regular file; nil when there is none of that size.
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
