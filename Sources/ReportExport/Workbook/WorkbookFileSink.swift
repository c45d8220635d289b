import Dispatch
import Glibc
import ReportModel

/// Writes rows to a workbook, one report after the other, each in one pass.
///
/// `complete` syncs the file under a temporary name; `FolderWriter.publish` renames it. `fail`, or releasing the sink before
/// `complete`, removes it.
package actor WorkbookFileSink: CopySink {
  private let file: FileWriter
  private let workbook: WorkbookWriter
  private var written: Manifest.File?
  private var rowCount = 0
  /// Encodes the last chunk while the caller reads and stages the next one: compressing takes longer than all the rest.
  private var encoding: Task<Void, any Error>?

  /// A longer chunk is one long row, of which memory shall not hold two.
  private static let overlapBytes = 1 << 20

  /// - Parameter timezone: of the values that are instants.
  package init(
    file: sending FileWriter, timezone: String, words: WorkbookWords = .english, limits: SheetLimits = .excel
  ) {
    workbook = WorkbookWriter(into: file, timezone: timezone, words: words, limits: limits)
    self.file = file
  }

  /// Begins a report, whose rows follow.
  package func begin(
    _ title: String, reportName: String, columns: [SheetColumn], source: CSVSource = .text
  ) {
    workbook.begin(title, reportName: reportName, columns: columns, source: source)
  }

  /// Encodes and writes a chunk of whole rows; returns when the one before it is written.
  ///
  /// - Throws: `Diagnostic` for a failed write, also of an earlier chunk; only `fail` may be called then.
  package func write(_ chunk: [UInt8]) async throws {
    try await encoding?.value
    encoding = Task { try workbook.write(chunk) }
    if chunk.count > Self.overlapBytes { try await encoding?.value }
  }

  /// The report's rows are whole; `end` adds its sums.
  package func finish() async throws {
    try await encoding?.value
    encoding = nil
  }

  /// Ends the report that was begun.
  package func end(_ totals: SheetTotals) throws -> SheetResult {
    let result = try workbook.end(totals)
    rowCount += result.rowCount
    return result
  }

  /// Writes the sheet about the reports, as `WorkbookWriter.finish` does; then syncs and closes the file, without blocking a thread of Swift's pool.
  ///
  /// - Returns: what the sheets could not hold, in sentences.
  /// - Throws: `Diagnostic` for a failed write or sync.
  package func complete(
    _ reports: [(report: WorkbookReport, result: SheetResult)], missing: [String] = [], title: String,
    generator: String
  ) async throws -> [String] {
    let notes = try workbook.finish(reports, missing: missing, title: title, generator: generator)
    let descriptor = try file.beginFinish()
    let synced = await withCheckedContinuation { done in
      DispatchQueue.global().async { done.resume(returning: fsync(descriptor) == 0 ? 0 : errno) }
    }
    written = try file.endFinish(synced: synced, rows: rowCount)
    return notes
  }

  /// Removes the file.
  package func fail(_ reason: String) { file.discard() }

  /// Name, size, digest and number of rows, for the manifest; nil before `complete`.
  package var result: Manifest.File? { written }
}
