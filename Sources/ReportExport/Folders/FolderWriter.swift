import Foundation
import Glibc
import ReportModel

/// The files of one interval on their way into an `ExportFolder`.
///
/// Until `publish` the folder shows what it showed before; after it, the new files. A crash between leaves each file
/// either old or new, and a manifest that still names the old run: the files are owed and written again.
package final class FolderWriter: Sendable {
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

  /// A file that nobody sees before `publish`.
  ///
  /// - Throws: `Diagnostic` for a name that is no plain file name, and when the disk refuses.
  package func makeFile(_ name: String) throws -> sending FileWriter {
    guard FileNames.isFile(name) else { throw Diagnostic(.error, "\"\(name)\" cannot be a file's name") }
    return try makeWriter(name)
  }

  /// Shows the files: each replaces its predecessor whole, the manifest comes last, then `latest` moves.
  ///
  /// Files that the previous manifest lists and this one does not are removed; nothing else ever is.
  /// - Parameters:
  ///   - manifest: `files` lists what `makeFile` and `finish` made here.
  ///   - movesLatest: false for files of parameters other than the defaults, which are not the report's newest.
  /// - Returns: warnings; the files are published all the same.
  package func publish(_ manifest: Manifest, movesLatest: Bool = true) throws -> [Diagnostic] {
    let previous = try ExportFolder.manifest(in: folder)
    for file in manifest.files {
      try folder.rename(FileNames.partial(file.name, writer: writer), to: file.name)
    }
    try folder.sync()
    try replace(FileNames.manifest, with: manifest.json)
    try removeStale(previous, keeping: manifest)
    try folder.sync()
    // With a manifest in it the folder's own name was made durable before.
    if previous == nil { for parent in [reportFolder, output] { try parent.sync() } }
    return movesLatest ? try moveLatest() : []
  }

  /// Removes every file of this writer that was not published, and the folders if nothing else is in them.
  ///
  /// For an attempt that ends after its files were finished: a failed check, for one.
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

  /// `latest` names the newest interval that has files; it never moves back.
  private func moveLatest() throws -> [Diagnostic] {
    let name = FileNames.latest
    if let current = reportFolder.linkTarget(name) {
      let isAlive = FileNames.isInterval(current) && reportFolder.kind(of: current) == S_IFDIR
      if isAlive, current >= place.interval { return [] }
    } else if reportFolder.kind(of: name) != nil {
      return [
        Diagnostic(
          .warning, "\"\(reportFolder.path(name))\" is no link and stays as it is",
          hint: "Move it away, so that it can name the newest interval.")
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
