/// How cells look: a number format, and what they are.
struct CellStyle: Hashable {
  enum Look: Hashable {
    case plain
    /// A text in a column of numbers.
    case right
    case header, total
    case title, label, wrapped
  }

  var code = "General"
  var look = Look.plain
}

/// The styles that a workbook uses, in the order in which its cells came to use them.
final class CellStyles {
  private var indices: [CellStyle: Int] = [:]
  private var styles: [CellStyle] = []

  init() { _ = index(of: CellStyle()) }

  func index(of style: CellStyle) -> Int {
    if let index = indices[style] { return index }
    indices[style] = styles.count
    styles.append(style)
    return styles.count - 1
  }

  /// The text of `xl/styles.xml`.
  var xml: String {
    var codes: [String] = []
    for style in styles where Self.builtIn(style.code) == nil && !codes.contains(style.code) {
      codes.append(style.code)
    }
    let formats = codes.enumerated().map { number, code in
      "<numFmt numFmtId=\"\(164 + number)\" formatCode=\"\(CellText.escaped(code))\"/>"
    }
    let cells = styles.map { style in
      let format = Self.builtIn(style.code) ?? 164 + (codes.firstIndex(of: style.code) ?? 0)
      let (font, fill, border) = Self.parts(style.look)
      return
        "<xf numFmtId=\"\(format)\" fontId=\"\(font)\" fillId=\"\(fill)\" borderId=\"\(border)\" xfId=\"0\""
        + " applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\" applyBorder=\"1\" applyAlignment=\"1\">"
        + "\(Self.alignment(style.look))</xf>"
    }
    let font = { (extra: String, size: Int) in
      "<font>\(extra)<sz val=\"\(size)\"/><name val=\"Calibri\"/><family val=\"2\"/></font>"
    }
    let border = { (sides: String) in "<border><left/><right/>\(sides)<diagonal/></border>" }
    return WorkbookParts.declaration + "<styleSheet xmlns=\"\(WorkbookParts.main)\">"
      + (formats.isEmpty ? "" : "<numFmts count=\"\(formats.count)\">\(formats.joined())</numFmts>")
      + "<fonts count=\"3\">\(font("", 11))\(font("<b/>", 11))\(font("<b/>", 14))</fonts>"
      + "<fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill>"
      + "<fill><patternFill patternType=\"gray125\"/></fill><fill><patternFill patternType=\"solid\">"
      + "<fgColor rgb=\"FFE6ECF3\"/><bgColor indexed=\"64\"/></patternFill></fill></fills>"
      + "<borders count=\"3\">\(border("<top/><bottom/>"))\(border("<top/><bottom style=\"thin\"/>"))"
      + "\(border("<top style=\"thin\"/><bottom/>"))</borders>"
      + "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
      + "<cellXfs count=\"\(cells.count)\">\(cells.joined())</cellXfs>"
      + "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"
  }

  private static func builtIn(_ code: String) -> Int? {
    switch code {
    case "General": 0
    case CellFormat.text: 49
    default: nil
    }
  }

  private static func parts(_ look: CellStyle.Look) -> (font: Int, fill: Int, border: Int) {
    switch look {
    case .plain, .right, .wrapped: (0, 0, 0)
    case .header: (1, 2, 1)
    case .total: (1, 0, 2)
    case .title: (2, 0, 0)
    case .label: (1, 0, 0)
    }
  }

  private static func alignment(_ look: CellStyle.Look) -> String {
    switch look {
    case .plain, .total, .title: ""
    case .right: "<alignment horizontal=\"right\"/>"
    case .header: "<alignment vertical=\"top\" wrapText=\"1\"/>"
    case .label: "<alignment vertical=\"top\"/>"
    case .wrapped: "<alignment vertical=\"top\" wrapText=\"1\"/>"
    }
  }
}
