/// The sheets of a workbook, one after the other: what stands around their rows.
final class SheetSequence {
  /// What the sheets of one report have in common.
  struct Table {
    var title: String
    /// For a title that cannot be a sheet's name.
    var reportName: String
    var columns: [SheetColumn]
    /// In letters.
    var widths: [Int]
  }

  private static let frozenHeader =
    "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>"
    + "<selection pane=\"bottomLeft\"/>"

  let archive: ZIPArchive
  let styles = CellStyles()
  private let timezone: String
  private var names: SheetNames
  private var table: Table?
  private(set) var sheets: [(name: String, filter: String?)] = []

  /// - Parameters:
  ///   - timezone: of the values that are instants.
  ///   - reserved: names of sheets that come later.
  init(archive: ZIPArchive, timezone: String, reserved: [String]) {
    self.archive = archive
    self.timezone = timezone
    names = SheetNames(reserved: reserved)
  }

  /// Begins a report's first sheet.
  func begin(_ table: Table) throws {
    self.table = table
    try beginSheet(table)
  }

  /// Ends a full sheet, and begins another one of the same report.
  ///
  /// - Parameter rows: of the full sheet, the header among them.
  func next(rows: Int) throws {
    try end(rows: rows)
    if let table { try beginSheet(table) }
  }

  /// - Parameter rows: without totals.
  func end(rows: Int) throws {
    guard let table, let letters = Self.letters(table.columns.count - 1) else { return }
    sheets[sheets.count - 1].filter = "A1:\(letters)\(rows)"
    try archive.write("</sheetData><autoFilter ref=\"A1:\(letters)\(rows)\"/>")
    // DIN A4, lying; all columns on one sheet of paper.
    try archive.write(
      "<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.5\" bottom=\"0.5\" header=\"0.3\" footer=\"0.3\"/>"
        + "<pageSetup paperSize=\"9\" orientation=\"landscape\" fitToHeight=\"0\"/>")
    if rows > 1 {
      try archive.write(
        "<ignoredErrors><ignoredError sqref=\"A2:\(letters)\(rows)\" numberStoredAsText=\"1\"/></ignoredErrors>"
      )
    }
    try archive.write("</worksheet>")
    try archive.end()
  }

  private func beginSheet(_ table: Table) throws {
    let name = names.take(table.title, otherwise: table.reportName)
    try begin(name, widths: table.widths, view: Self.frozenHeader)
    let style = styles.index(of: CellStyle(look: .header))
    try archive.write("<row r=\"1\">")
    for (index, column) in table.columns.enumerated() {
      let title = column.hasZone ? "\(column.title) (\(timezone))" : column.title
      try archive.write(Self.cell(title, column: index, row: 1, style: style))
    }
    try archive.write("</row>")
  }

  private func begin(_ name: String, widths: [Int], view: String) throws {
    if sheets.isEmpty {
      // Programs that look at the beginning of a file recognize a workbook by these.
      try archive.add("_rels/.rels", WorkbookParts.relationships)
      try archive.add("docProps/app.xml", WorkbookParts.app)
    }
    sheets.append((name, nil))
    try archive.begin(WorkbookParts.sheetPath(sheets.count))
    let columns = widths.enumerated().map { index, width in
      "<col min=\"\(index + 1)\" max=\"\(index + 1)\" width=\"\(width)\" customWidth=\"1\"/>"
    }
    let selected = sheets.count == 1 ? " tabSelected=\"1\"" : ""
    try archive.write(
      WorkbookParts.declaration + "<worksheet xmlns=\"\(WorkbookParts.main)\">"
        + "<sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr>"
        + "<sheetViews><sheetView\(selected) workbookViewId=\"0\">\(view)</sheetView></sheetViews>"
        + "<sheetFormatPr defaultRowHeight=\"15\"/><cols>\(columns.joined())</cols><sheetData>")
  }

  /// Writes a sheet of labels and texts.
  ///
  /// - Parameter name: one of those that were reserved.
  func add(_ name: String, _ rows: [[(text: String, look: CellStyle.Look)?]]) throws {
    try begin(name, widths: [28, 110], view: "")
    for (index, row) in rows.enumerated() {
      let cells = row.enumerated().map { column, cell in
        cell.map {
          Self.cell(
            $0.text, column: column, row: index + 1,
            style: styles.index(of: CellStyle(code: CellFormat.text, look: $0.look)))
        } ?? ""
      }
      try archive.write("<row r=\"\(index + 1)\">\(cells.joined())</row>")
    }
    try archive.write(
      "</sheetData><pageSetup paperSize=\"9\" orientation=\"landscape\" fitToHeight=\"0\"/></worksheet>")
    try archive.end()
  }

  private static func cell(_ text: String, column: Int, row: Int, style: Int) -> String {
    "<c r=\"\(letters(column) ?? "")\(row)\" s=\"\(style)\" t=\"inlineStr\"><is><t xml:space=\"preserve\">"
      + "\(CellText.escaped(text))</t></is></c>"
  }

  /// `A`, `Z`, `AA`; nil for a negative number.
  static func letters(_ column: Int) -> String? {
    guard column >= 0 else { return nil }
    let last = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(column % 26)))
    return (letters(column / 26 - 1) ?? "") + last
  }
}
