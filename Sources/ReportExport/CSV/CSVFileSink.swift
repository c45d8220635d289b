import Dispatch
import Glibc
import ReportModel

/// Writes rows to one CSV file in one pass.
///
/// Nobody sees the file before its folder publishes it: `finish` makes it durable under a temporary name, and `fail`, or
/// dropping the sink, removes it.
package actor CSVFileSink: CopySink {
  private let file: FileWriter
  private var encoder: CSVEncoder
  private var written: Manifest.File?

  /// Writes the header at once.
  ///
  /// - Throws: `Diagnostic` for settings that give no readable file, and for a disk that cannot take it.
  package init(
    file: sending FileWriter, settings: CSVSettings, columns: [CSVEncoder.Column], source: CSVSource = .text
  ) throws {
    encoder = try CSVEncoder(settings: settings, columns: columns, source: source)
    try encoder.writeHeader(into: file)
    self.file = file
  }

  /// - Throws: `Diagnostic` when the disk cannot take it; the sink is then good for `fail` only.
  package func write(_ chunk: [UInt8]) throws { try encoder.encode(chunk, into: file) }

  package func finish() async throws {
    let descriptor = try file.beginFinish()
    // Half a gigabyte can take seconds to reach the disk, and Swift has only as many threads as there are cores.
    let synced = await withCheckedContinuation { done in
      DispatchQueue.global().async { done.resume(returning: fsync(descriptor) == 0 ? 0 : errno) }
    }
    written = try file.endFinish(synced: synced, rows: encoder.rowCount)
  }

  package func fail(_ reason: String) { file.discard() }

  /// Name, size, digest and rows, for the manifest; nil before `finish`.
  package var result: Manifest.File? { written }
}
