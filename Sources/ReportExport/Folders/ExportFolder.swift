import Foundation
import ReportModel

/// `OUTPUT/REPORT/INTERVAL/`: where the files of one published interval live.
///
/// Files and folders below the output folder are reached through real folders only, never through links. The output
/// folder itself may be a link: it is the user's choice.
package struct ExportFolder: Hashable, Sendable {
  /// Whether the files a run promised are there.
  package enum State: Hashable, Sendable {
    case complete
    /// Why not, for messages: `"sales-daily.csv" is missing`.
    case owed(reason: String)
  }

  static let manifestLimitBytes = 8 * 1024 * 1024

  /// The output folder's path.
  package let output: String
  /// The output folder as messages show it: `out`.
  package let outputShown: String
  package let report: String
  package let interval: String

  /// - Throws: `Diagnostic` for names that cannot be folders, `../` for one.
  package init(output: String, shownAs: String? = nil, report: String, interval: String) throws {
    guard FileNames.isReport(report) else {
      throw Diagnostic(
        .error, "\"\(report)\" cannot be a report's name",
        hint: "Names have lower-case letters, digits and hyphens, at most 60.")
    }
    guard FileNames.isInterval(interval) else {
      throw Diagnostic(.error, "\"\(interval)\" cannot be an interval's name")
    }
    self.output = output
    outputShown = shownAs ?? output
    self.report = report
    self.interval = interval
  }

  /// The folder as messages show it: `out/sales-daily/2026-11-22`.
  package var shown: String { "\(outputShown)/\(report)/\(interval)" }

  /// Compares the folder with what a run promised: its manifest names the run, and each file that the manifest lists is
  /// there with its size. Reads no file but the manifest.
  ///
  /// - Throws: `Diagnostic` when the folder cannot be read at all.
  package func state(expectedRun: String) throws -> State {
    guard let folder = try existing() else { return .owed(reason: "the folder is missing") }
    guard let manifest = try Self.manifest(in: folder) else {
      return .owed(reason: "manifest.json is missing or not readable")
    }
    guard manifest.run == expectedRun else {
      return .owed(reason: "manifest.json is that of run \(manifest.run)")
    }
    for file in manifest.files {
      guard FileNames.isFile(file.name), let size = folder.size(of: file.name) else {
        return .owed(reason: "\"\(file.name)\" is missing")
      }
      guard size == file.bytes else {
        return .owed(reason: "\"\(file.name)\" has \(size) bytes instead of \(file.bytes)")
      }
    }
    return .complete
  }

  /// The manifest in the folder; nil when there is none that can be read.
  package func manifest() throws -> Manifest? { try existing().flatMap(Self.manifest) }

  /// Makes the folder where it is missing, and removes what a run that died left half-written in it.
  ///
  /// The caller holds the report's lock, so nobody else is writing here.
  ///
  /// - Parameter writer: names the temporary files.
  package func begin(writer: UUID) throws -> FolderWriter {
    let output = try required(Directory.open(path: output, shown: outputShown, create: true))
    let reportFolder = try required(output.folder(report, create: true))
    let folder = try required(reportFolder.folder(interval, create: true))
    for directory in [reportFolder, folder] {
      for name in try directory.names() where FileNames.isPartial(name) { try directory.remove(name) }
    }
    return FolderWriter(
      place: self, output: output, reportFolder: reportFolder, folder: folder, writer: writer)
  }

  private func required(_ directory: Directory?) throws -> Directory {
    guard let directory else {
      throw Diagnostic(.error, "could not open \"\(shown)\": it was removed meanwhile")
    }
    return directory
  }

  private func existing() throws -> Directory? {
    try Directory.open(path: output, shown: outputShown, create: false)?
      .folder(report, create: false)?.folder(interval, create: false)
  }

  static func manifest(in folder: Directory) throws -> Manifest? {
    guard let bytes = try? folder.read(FileNames.manifest, limitBytes: manifestLimitBytes) else { return nil }
    return try? Manifest(json: bytes)
  }
}
