/// The rows of one report on their way into sheets.
struct ReportRows {
  /// What the sheets of a workbook share.
  struct Place {
    let sheets: SheetSequence
    let limits: SheetLimits
    let words: WorkbookWords
    let timezone: String
    /// `XMLOutput.bufferBytes` bytes.
    let buffer: UnsafeMutablePointer<UInt8>
  }

  private let place: Place
  private let title: String
  private let reportName: String
  private let columns: [SheetColumn]
  private let firstSheet: Int
  private var reader: CopyRowReader
  private var widths: SheetWidths
  /// Chunks that were measured and not written yet; empty once the sheet has begun.
  private var pending: [[UInt8]] = []
  private var encoder: SheetRowEncoder

  init(title: String, reportName: String, columns: [SheetColumn], source: CSVSource, in place: Place) {
    self.place = place
    self.title = title
    self.reportName = reportName
    self.columns = columns
    firstSheet = place.sheets.sheets.count
    reader = CopyRowReader(source: source, columns: columns.count)
    widths = SheetWidths(columns: columns.count)
    encoder = SheetRowEncoder(columns: columns, in: place)
  }

  private var hasBegun: Bool { place.sheets.sheets.count > firstSheet }

  mutating func write(_ chunk: [UInt8]) throws {
    guard !hasBegun else { return try reader.visit(chunk, &encoder) }
    pending.append(chunk)
    try reader.visit(chunk, &widths)
    if widths.isEnough { try begin() }
  }

  private mutating func begin() throws {
    let columnWidths = widths.widths(of: columns, timezone: place.timezone)
    try place.sheets.begin(
      .init(title: title, reportName: reportName, columns: columns, widths: columnWidths))
    for chunk in pending { try reader.visit(chunk, &encoder) }
    pending = []
  }

  mutating func end(_ totals: SheetTotals) throws -> SheetResult {
    if !hasBegun { try begin() }
    for row in totals.rows { try encoder.writeTotals(row, label: label(totals)) }
    try encoder.finish()
    let names = place.sheets.sheets[firstSheet...].map(\.name)
    return SheetResult(
      sheets: zip(names, encoder.rowCounts).map { SheetResult.Sheet(name: $0, rows: $1) },
      cut: zip(columns, encoder.cutCounts).filter { $1 > 0 }.map {
        SheetResult.Cut(column: $0.title, values: $1)
      }, missingTotals: totals.missing, columns: columns)
  }

  /// The word stands in the first column that has no value of its own in the row.
  private func label(_ totals: SheetTotals) -> (column: Int, text: String)? {
    columns.firstIndex { !totals.sums.contains($0.name) && !totals.by.contains($0.name) }
      .map { ($0, place.words.total) }
  }
}
