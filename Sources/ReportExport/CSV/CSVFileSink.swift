import Dispatch
import Glibc
import ReportModel

/// Writes rows to one CSV file in one pass.
///
/// `finish` syncs the file under a temporary name; `FolderWriter.publish` renames it. `fail`, or releasing the sink
/// unfinished, removes it.
package actor CSVFileSink: CopySink {
  private let file: FileWriter
  private var encoder: CSVEncoder
  /// nil for files that are not meant for Excel.
  private var excel: ExcelFit?
  private var written: Manifest.File?

  /// Writes the header.
  ///
  /// - Throws: `Diagnostic` for invalid settings and for a failed write.
  package init(
    file: sending FileWriter, settings: CSVSettings, columns: [CSVEncoder.Column], source: CSVSource = .text
  ) throws {
    encoder = try CSVEncoder(settings: settings, columns: columns, source: source)
    try encoder.writeHeader(into: file)
    excel = settings.isForExcel ? ExcelFit(source: source, columns: columns.count) : nil
    self.file = file
  }

  /// Encodes and writes a chunk of whole rows.
  ///
  /// - Throws: `Diagnostic` for a failed write; only `fail` may be called then.
  package func write(_ chunk: [UInt8]) throws {
    try encoder.encode(chunk, into: file)
    try excel?.read(chunk)
  }

  /// Syncs and closes the file, without blocking a thread of Swift's pool.
  ///
  /// - Throws: `Diagnostic` for a failed write or sync.
  package func finish() async throws {
    let descriptor = try file.beginFinish()
    // Syncing half a gigabyte can take seconds, and Swift's pool has one thread for each core.
    let synced = await withCheckedContinuation { done in
      DispatchQueue.global().async { done.resume(returning: fsync(descriptor) == 0 ? 0 : errno) }
    }
    written = try file.endFinish(synced: synced, rows: encoder.rowCount)
  }

  /// Removes the file.
  package func fail(_ reason: String) { file.discard() }

  /// Name, size, digest and number of rows, for the manifest; nil before `finish`.
  package var result: Manifest.File? { written }

  /// What Excel leaves out of a file that is meant for it, in sentences.
  package var excelNotes: [String] { excel?.notes(rows: encoder.rowCount) ?? [] }
}
