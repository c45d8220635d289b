import ReportModel

/// The settings of one file, as bytes and tables for the encoders.
struct CSVFormat: Sendable {
  enum Class {
    static let ordinary: UInt8 = 0
    /// A tab or a line feed, which end a field.
    static let end: UInt8 = 1
    /// A byte that can require quotes, or a backslash.
    static let special: UInt8 = 2
  }

  static let quote = UInt8(ascii: "\"")

  let delimiter: UInt8
  let rowEnd: [UInt8]
  let null: [UInt8]
  let bom: Bool
  /// For each column, whether a value that looks like a formula is prefixed with `'`.
  let guarded: [Bool]
  let anyGuarded: Bool
  /// For each column, whether the decimal point becomes a comma.
  let hasComma: [Bool]
  /// `Class` of each byte.
  let classes: [UInt8]

  init(_ settings: CSVSettings, columns: [CSVEncoder.Column.Kind]) throws {
    let delimiters = Array(settings.delimiter.utf8)
    guard delimiters.count == 1, let delimiter = delimiters.first, delimiter != Self.quote, delimiter < 128,
      ![0, 10, 13].contains(delimiter)
    else {
      throw Diagnostic(
        .error,
        "CSV delimiter \"\(settings.delimiter)\" is not one ASCII character other than a quote or a line ending"
      )
    }
    null = Array(settings.null.utf8)
    guard !null.contains(where: { [delimiter, Self.quote, 10, 13, 0].contains($0) }) else {
      throw Diagnostic(
        .error, "CSV text for NULL \"\(settings.null)\" contains a delimiter, a quote or a line ending")
    }
    self.delimiter = delimiter
    guarded = columns.map { settings.guardFormulas && $0 == .text }
    anyGuarded = guarded.contains(true)
    hasComma = columns.map { settings.decimal == .comma && $0 == .number }
    rowEnd = settings.lineEnding == .crlf ? [13, 10] : [10]
    bom = settings.bom
    var classes = [UInt8](repeating: Class.ordinary, count: 256)
    for byte in [delimiter, Self.quote, 13, CopyText.backslash] { classes[Int(byte)] = Class.special }
    if hasComma.contains(true) { classes[Int(UInt8(ascii: "."))] = Class.special }
    for byte in [CopyText.tab, CopyText.lineFeed] { classes[Int(byte)] = Class.end }
    self.classes = classes
  }

  /// The format of the header, whose fields are text.
  private init(_ other: CSVFormat, guarded: [Bool]) {
    delimiter = other.delimiter
    rowEnd = other.rowEnd
    null = other.null
    bom = other.bom
    classes = other.classes
    self.guarded = guarded
    anyGuarded = guarded.contains(true)
    hasComma = guarded.map { _ in false }
  }

  /// The format of the header: names are guarded like values, because a spreadsheet evaluates them, too.
  var guardingNames: CSVFormat { CSVFormat(self, guarded: guarded.map { _ in anyGuarded }) }

  /// Whether a text that begins with this byte can be one that a spreadsheet evaluates as a formula: `FormulaGuard` then
  /// looks at the rest.
  @inline(__always)
  static func mayBeginFormula(_ byte: UInt8) -> Bool {
    switch byte {
    // Signs, white space, and the first bytes of blanks and full-width signs in UTF-8.
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 9...13, 32, 0xC2, 0xE1,
      0xE2, 0xE3, 0xEF:
      true
    default: false
    }
  }
}
