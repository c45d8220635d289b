import ReportModel

/// How a page's table fits on A4 paper. Pure.
///
/// The style sheet comes before the rows, so widths are estimated from formats and titles. Nothing is cut where an estimate
/// is too small: what does not fit breaks within its cell.
enum PrintLayout: Hashable {
  case portrait
  /// With a font of this size, in points.
  case landscape(Double)
  /// Each row is a block of names and values, because not even a small font would fit.
  case blocks

  /// Digits of 8.5 points between the margins.
  private static let portraitWidth = 107.0
  private static let landscapeWidth = 158.0
  static let fontSize = 8.5
  private static let leastFontSize = 6.0

  init(_ columns: [PageColumn]) {
    let width = columns.reduce(0) { $0 + Double(Self.width($1)) }
    let scaled = Self.landscapeWidth / width * Self.fontSize
    if width <= Self.portraitWidth {
      self = .portrait
    } else if scaled >= Self.leastFontSize {
      self = .landscape(min(Self.fontSize, (scaled * 10).rounded(.down) / 10))
    } else {
      self = .blocks
    }
  }

  /// In digits, with the space between two columns.
  private static func width(_ column: PageColumn) -> Int {
    let values =
      switch column.format {
      case .integer: 8
      case .number, .money: 12
      case .percent: 8
      case .date: 10
      case .text: 14
      case nil: column.isNumeric ? 8 : 14
      }
    let longestWord = column.titleWithUnit.split { $0 == " " || $0 == "-" }.map(\.count).max() ?? 0
    return max(values, min(longestWord, 14)) + 2
  }

  /// Rules for print only, to follow the style sheet.
  func style(_ columns: [PageColumn]) -> String {
    switch self {
    case .portrait: return ""
    case .landscape(let size):
      return "@media print{@page{size:A4 landscape}.rows{font-size:\(size)pt}}\n"
    case .blocks:
      let names = columns.enumerated().map { index, column in
        ".rows td:nth-child(\(index + 1))::before{content:\(Self.quoted(column.titleWithUnit))}"
      }
      return "@media print{@page{size:A4 landscape}\(Self.blockRules)\(names.joined())}\n"
    }
  }

  private static let blockRules =
    ".rows,.rows tbody{display:block}.rows thead{display:none}"
    + ".rows tbody tr{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:0 1.2em;padding:.6em 0;"
    + "border-top:1px solid var(--muted)}"
    + ".rows tbody td{display:flex;justify-content:space-between;gap:.8em;padding:.1em 0!important;border:0!important;"
    + "max-width:none;min-width:0;text-align:right;white-space:pre-wrap}"
    + ".rows tbody td::before{color:var(--muted);text-align:left;white-space:normal;overflow-wrap:anywhere}"

  /// A CSS string. Every character but ASCII letters, digits and spaces is escaped, so that none ends the string or the
  /// style element.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      let isPlain =
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar == " " || ("0"..."9").contains(scalar))
      result +=
        isPlain ? String(scalar) : "\\" + String(scalar.value == 0 ? 0xFFFD : scalar.value, radix: 16) + " "
    }
    return result + "\""
  }
}
