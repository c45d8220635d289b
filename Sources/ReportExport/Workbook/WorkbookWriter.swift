import ReportModel

/// Writes a workbook of one or several reports in one pass, in constant memory: a sheet a report, or more where its rows
/// need them, and a sheet about them at the end.
///
/// Equal rows and facts give equal bytes. Nothing is kept aside in temporary files.
package final class WorkbookWriter {
  /// zlib's fastest level: cells repeat themselves, and the next ones take much longer for little.
  private static let level: Int32 = 1

  private let archive: ZIPArchive
  private let place: ReportRows.Place
  private var rows: ReportRows?

  /// - Parameters:
  ///   - sink: receives the file, from its first byte to its last.
  ///   - timezone: of the values that are instants, which come with its offsets.
  package init(
    into sink: any ByteSink, timezone: String, words: WorkbookWords = .english, limits: SheetLimits = .excel
  ) {
    archive = ZIPArchive(into: sink, level: Self.level)
    place = ReportRows.Place(
      sheets: SheetSequence(archive: archive, timezone: timezone, reserved: [words.about]), limits: limits,
      words: words, timezone: timezone, buffer: .allocate(capacity: XMLOutput.bufferBytes))
  }

  deinit { place.buffer.deallocate() }

  /// Begins a report; the one before it must be ended.
  ///
  /// - Parameters:
  ///   - columns: at least one, in the order of the rows' fields.
  ///   - source: the format of the rows.
  package func begin(
    _ title: String, reportName: String, columns: [SheetColumn], source: CSVSource = .text
  ) {
    precondition(rows == nil && !columns.isEmpty, "a report has columns, and ends before another begins")
    rows = ReportRows(title: title, reportName: reportName, columns: columns, source: source, in: place)
  }

  /// Writes a chunk of whole rows.
  ///
  /// - Throws: what the sink throws; `CopyTextError` for rows of another shape.
  package func write(_ chunk: [UInt8]) throws {
    guard var rows = takeRows() else { preconditionFailure("rows belong to a report") }
    defer { self.rows = rows }
    try rows.write(chunk)
  }

  /// Ends the report that was begun.
  package func end(_ totals: SheetTotals = .none) throws -> SheetResult {
    guard var rows = takeRows() else { preconditionFailure("only a report that has begun ends") }
    return try rows.end(totals)
  }

  /// Leaves no second reference to the buffers of the rows, which would copy them.
  private func takeRows() -> ReportRows? {
    defer { rows = nil }
    return rows
  }

  /// Writes the sheet about the reports, and what spreadsheets need besides; the file is complete then.
  ///
  /// - Parameters:
  ///   - missing: titles of reports without rows to show.
  ///   - title: of the file.
  ///   - generator: `reportgen 0.2.0`.
  /// - Returns: what the sheets could not hold, in sentences.
  package func finish(
    _ reports: [(report: WorkbookReport, result: SheetResult)], missing: [String] = [], title: String,
    generator: String
  ) throws -> [String] {
    let about = AboutSheet(
      words: place.words, limits: place.limits, timezone: place.timezone, generator: generator)
    let sheets = place.sheets
    try sheets.add(place.words.about, about.rows(reports, missing: missing))
    let count = sheets.sheets.count
    try archive.add("xl/styles.xml", sheets.styles.xml)
    try archive.add("xl/workbook.xml", WorkbookParts.workbook(sheets.sheets))
    try archive.add("xl/_rels/workbook.xml.rels", WorkbookParts.workbookRelationships(sheets: count))
    try archive.add("docProps/core.xml", WorkbookParts.core(title: title))
    try archive.add("[Content_Types].xml", WorkbookParts.contentTypes(sheets: count))
    try archive.finish()
    return reports.flatMap { about.notes($0.result) }
  }
}
