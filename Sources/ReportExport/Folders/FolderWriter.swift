import Foundation
import Glibc
import ReportModel

/// Writes the files of one interval and publishes them in an `ExportFolder`.
///
/// Before `publish` the folder is unchanged. A crash during `publish` leaves each file either old or new, and the old manifest,
/// which names another run. The files are then owed, and the next run writes them again.
package final class FolderWriter: Sendable {
  /// The destination.
  package let place: ExportFolder
  private let writer: UUID
  private let output: Directory
  private let reportFolder: Directory
  private let folder: Directory

  init(
    place: ExportFolder, output: Directory, reportFolder: Directory, folder: Directory, writer: UUID
  ) {
    self.place = place
    self.output = output
    self.reportFolder = reportFolder
    self.folder = folder
    self.writer = writer
  }

  /// Creates a file with a temporary name until `publish`.
  ///
  /// - Throws: `Diagnostic` for an invalid file name, and when the file cannot be created.
  package func makeFile(_ name: String) throws -> sending FileWriter {
    guard FileNames.isFile(name) else { throw Diagnostic(.error, "\"\(name)\" cannot be the name of a file") }
    return try makeWriter(name)
  }

  /// Reads a file that was finished and not published yet.
  ///
  /// - Returns: nil when there is no such file.
  /// - Throws: `Diagnostic`, also for a file larger than `limitBytes`.
  package func contents(of name: String, limitBytes: Int) throws -> [UInt8]? {
    try folder.read(FileNames.partial(name, writer: writer), limitBytes: limitBytes)
  }

  /// Renames the files to their final names, then the manifest, then the link `latest`.
  ///
  /// Removes files that the previous manifest lists and this one does not, and no others.
  /// - Parameters:
  ///   - manifest: its `files` were finished by writers from `makeFile`.
  ///   - movesLatest: false for files with other than the default parameters.
  /// - Returns: warnings; the files are published nevertheless.
  /// - Throws: `Diagnostic`; some files may have been replaced then.
  package func publish(_ manifest: Manifest, movesLatest: Bool = true) throws -> [Diagnostic] {
    let previous = try ExportFolder.manifest(in: folder)
    for file in manifest.files {
      try folder.rename(FileNames.partial(file.name, writer: writer), to: file.name)
    }
    try folder.sync()
    try replace(FileNames.manifest, with: manifest.json)
    try removeStale(previous, keeping: manifest)
    try folder.sync()
    // A folder with a manifest was synced to its parents by an earlier run.
    if previous == nil { for parent in [reportFolder, output] { try parent.sync() } }
    return movesLatest ? try moveLatest() : []
  }

  /// Removes the files of this writer that were not published, and the folders if they are empty then.
  ///
  /// For an attempt that fails after its files were finished, for example in a check.
  package func discard() throws {
    for name in try folder.names() where FileNames.isPartial(name, writer: writer) {
      try folder.remove(name)
    }
    try reportFolder.removeIfEmpty(place.interval)
    try output.removeIfEmpty(place.report)
  }

  private func replace(_ name: String, with text: String) throws {
    let file: FileWriter = try makeWriter(name)
    try file.write(text)
    _ = try file.finish()
    try folder.rename(FileNames.partial(name, writer: writer), to: name)
  }

  private func makeWriter(_ name: String) throws -> sending FileWriter {
    try FileWriter(
      directory: folder, name: name, temporaryName: FileNames.partial(name, writer: writer))
  }

  private func removeStale(_ previous: Manifest?, keeping manifest: Manifest) throws {
    let kept = Set(manifest.files.map(\.name))
    for file in previous?.files ?? [] where !kept.contains(file.name) && FileNames.isFile(file.name) {
      if folder.kind(of: file.name) == S_IFREG { try folder.remove(file.name) }
    }
  }

  /// Points `latest` to this interval, unless it points to a later one.
  private func moveLatest() throws -> [Diagnostic] {
    let name = FileNames.latest
    if let current = reportFolder.linkTarget(name) {
      let isAlive = FileNames.isInterval(current) && reportFolder.kind(of: current) == S_IFDIR
      if isAlive, current >= place.interval { return [] }
    } else if reportFolder.kind(of: name) != nil {
      return [
        Diagnostic(
          .warning, "\"\(reportFolder.path(name))\" is not a link and was not replaced",
          hint: "Rename or remove it; the next run then creates the link to the newest interval.")
      ]
    }
    let temporary = FileNames.partial(name, writer: writer)
    try reportFolder.remove(temporary)
    try reportFolder.makeLink(temporary, to: place.interval)
    try reportFolder.rename(temporary, to: name)
    try reportFolder.sync()
    return []
  }
}
