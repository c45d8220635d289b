/// The parts of a workbook besides its sheets and styles, as ECMA-376 names them.
enum WorkbookParts {
  static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
  static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  private static let office = "http://schemas.openxmlformats.org/officeDocument/2006"
  private static let packages = "http://schemas.openxmlformats.org/package/2006"
  private static let types = "application/vnd.openxmlformats-officedocument"

  static func sheetPath(_ number: Int) -> String { "xl/worksheets/sheet\(number).xml" }

  static func contentTypes(sheets: Int) -> String {
    let sheet = (1...sheets).map { partType("/" + sheetPath($0), "\(types).spreadsheetml.worksheet+xml") }
    return declaration + "<Types xmlns=\"\(packages)/content-types\">"
      + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
      + "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
      + partType("/xl/workbook.xml", "\(types).spreadsheetml.sheet.main+xml") + sheet.joined()
      + partType("/xl/styles.xml", "\(types).spreadsheetml.styles+xml")
      + partType("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")
      + partType("/docProps/app.xml", "\(types).extended-properties+xml") + "</Types>"
  }

  private static func partType(_ path: String, _ type: String) -> String {
    "<Override PartName=\"\(path)\" ContentType=\"\(type)\"/>"
  }

  static let relationships =
    declaration + "<Relationships xmlns=\"\(packages)/relationships\">"
    + relationship(1, "\(office)/relationships/officeDocument", "xl/workbook.xml")
    + relationship(2, "\(packages)/relationships/metadata/core-properties", "docProps/core.xml")
    + relationship(3, "\(office)/relationships/extended-properties", "docProps/app.xml") + "</Relationships>"

  static func workbookRelationships(sheets: Int) -> String {
    let sheet = (1...sheets).map {
      relationship($0, "\(office)/relationships/worksheet", "worksheets/sheet\($0).xml")
    }
    return declaration + "<Relationships xmlns=\"\(packages)/relationships\">" + sheet.joined()
      + relationship(sheets + 1, "\(office)/relationships/styles", "styles.xml") + "</Relationships>"
  }

  private static func relationship(_ number: Int, _ type: String, _ target: String) -> String {
    "<Relationship Id=\"rId\(number)\" Type=\"\(type)\" Target=\"\(target)\"/>"
  }

  /// - Parameter sheets: the name of each, and the range that its filter is over.
  static func workbook(_ sheets: [(name: String, filter: String?)]) -> String {
    let list = sheets.enumerated().map { index, sheet in
      "<sheet name=\"\(CellText.escaped(sheet.name))\" sheetId=\"\(index + 1)\" r:id=\"rId\(index + 1)\"/>"
    }
    let names = sheets.enumerated().flatMap { index, sheet -> [String] in
      guard let filter = sheet.filter else { return [] }
      let quoted = CellText.escaped("'" + sheet.name.replacing("'", with: "''") + "'")
      let range = filter.split(separator: ":").map(absolute).joined(separator: ":")
      return [
        "<definedName name=\"_xlnm._FilterDatabase\" localSheetId=\"\(index)\" hidden=\"1\">\(quoted)!\(range)</definedName>",
        "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"\(index)\">\(quoted)!$1:$1</definedName>",
      ]
    }
    return declaration + "<workbook xmlns=\"\(main)\" xmlns:r=\"\(office)/relationships\">"
      + "<bookViews><workbookView activeTab=\"0\"/></bookViews><sheets>\(list.joined())</sheets>"
      + (names.isEmpty ? "" : "<definedNames>\(names.joined())</definedNames>") + "</workbook>"
  }

  /// `$A$1` for `A1`.
  private static func absolute(_ cell: Substring) -> String {
    "$\(cell.prefix { $0.isLetter })$\(cell.drop { $0.isLetter })"
  }

  /// Without the time of writing: equal rows give equal bytes.
  static func core(title: String) -> String {
    declaration + "<cp:coreProperties xmlns:cp=\"\(packages)/metadata/core-properties\" "
      + "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>\(CellText.escaped(title))</dc:title>"
      + "<dc:creator>reportgen</dc:creator></cp:coreProperties>"
  }

  static let app =
    declaration
    + "<Properties xmlns=\"\(office)/extended-properties\"><Application>reportgen</Application></Properties>"
}
