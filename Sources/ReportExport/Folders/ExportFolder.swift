import Foundation
import ReportModel

/// `OUTPUT/REPORT/INTERVAL/`: the folder with the files of one published interval.
///
/// Below the output folder symbolic links are refused. The output folder itself may be a link.
package struct ExportFolder: Hashable, Sendable {
  /// Whether the folder contains the files of the run that the ledger names.
  package enum State: Hashable, Sendable {
    /// Every file is present with its size.
    case complete
    /// The reason, for messages: `"sales-daily.csv" is missing`.
    case owed(reason: String)
  }

  static let manifestLimitBytes = 8 * 1024 * 1024

  /// The output folder's path.
  package let output: String
  /// The output folder's path for messages: `out`.
  let outputShown: String
  /// The report's name.
  package let report: String
  /// The name of the interval's folder.
  package let interval: String

  /// - Throws: `Diagnostic` for names that cannot be folder names, such as `../`.
  package init(output: String, shownAs: String? = nil, report: String, interval: String) throws {
    guard FileNames.isReport(report) else {
      throw Diagnostic(
        .error, "\"\(report)\" cannot be the name of a report",
        hint: "Names have lower-case letters, digits and hyphens, at most 60.")
    }
    guard FileNames.isInterval(interval) else {
      throw Diagnostic(.error, "\"\(interval)\" cannot be the name of an interval")
    }
    self.output = output
    outputShown = shownAs ?? output
    self.report = report
    self.interval = interval
  }

  /// The folder's path for messages: `out/sales-daily/2026-11-22`.
  package var shown: String { "\(outputShown)/\(report)/\(interval)" }

  /// Whether the folder is complete: its manifest names the run, and each file of the manifest is present with its size.
  /// Reads only the manifest.
  ///
  /// - Throws: `Diagnostic` when the folder cannot be read.
  package func state(expectedRun: String) throws -> State {
    guard let folder = try existing() else { return .owed(reason: "the folder is missing") }
    guard let manifest = try Self.manifest(in: folder) else {
      return .owed(reason: "manifest.json is missing or invalid")
    }
    guard manifest.run == expectedRun else {
      return .owed(reason: "manifest.json names run \(manifest.run)")
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

  /// The manifest of the folder; nil when it is missing or invalid.
  ///
  /// - Throws: `Diagnostic` when the folder cannot be opened.
  package func manifest() throws -> Manifest? { try existing().flatMap(Self.manifest) }

  /// Creates the folder when it is missing, and removes temporary files that earlier runs have left in it.
  ///
  /// The caller must hold the report's lock, so that no other run is writing here.
  /// - Parameter writer: part of the names of temporary files.
  /// - Throws: `Diagnostic`.
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
      throw Diagnostic(.error, "could not open \"\(shown)\": it was removed by another process")
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
