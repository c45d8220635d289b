import ReportModel

/// Turns rows of a COPY, in text or binary, into CSV, by default byte for byte what PostgreSQL's own
/// `COPY … TO … (FORMAT csv, HEADER)` writes of the same rows.
///
/// Quoted are, as there: a value that holds the delimiter, a quote, CR or LF; one that equals the NULL text; and `\.`
/// alone on its line. Works in constant memory, whatever the length of a row.
///
/// - SeeAlso: PostgreSQL, `CopyAttributeOutCSV` in `copyto.c`.
package struct CSVEncoder: Sendable {
  package struct Column: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      /// Free text, which the guard against formulas looks at.
      case text
      /// Has a decimal sign.
      case number
      case other
    }

    package var name: String
    package var kind: Kind

    package init(name: String, kind: Kind) {
      self.name = name
      self.kind = kind
    }
  }

  /// Rows encoded so far, the header not counted.
  package private(set) var rowCount = 0
  let format: CSVFormat
  private let names: [String]
  private let source: CSVSource
  private var buffer = [UInt8](repeating: 0, count: 64 * 1024)
  /// Where values of the binary format become text.
  private var scratch: [UInt8]

  /// - Parameters:
  ///   - columns: at least one, in the order of the rows' fields.
  ///   - source: the format of the rows.
  /// - Throws: `Diagnostic` for settings that would not give a readable file; they are those that PostgreSQL refuses.
  package init(settings: CSVSettings, columns: [Column], source: CSVSource = .text) throws {
    precondition(!columns.isEmpty, "a report has at least one column")
    format = try CSVFormat(settings, columns: columns.map(\.kind))
    names = columns.map(\.name)
    self.source = source
    scratch = [UInt8](repeating: 0, count: source == .text ? 0 : BinaryValue.room)
  }

  /// The byte order mark, when there is one, and the line of column names.
  package func writeHeader(into sink: some ByteSink) throws {
    var header = self
    header.buffer = [UInt8](repeating: 0, count: 4096)
    if format.bom { try sink.write([0xEF, 0xBB, 0xBF]) }
    let format = self.format.guardingNames
    _ = try header.encode(CopyText.row(names), .text, as: format, into: sink)
  }

  /// - Parameter chunk: whole rows.
  /// - Throws: what the sink throws; `CopyTextError` for a row that is cut off or has another number of fields.
  package mutating func encode(_ chunk: [UInt8], into sink: some ByteSink) throws {
    rowCount += try encode(chunk, source, as: format, into: sink)
  }

  private mutating func encode(
    _ chunk: [UInt8], _ source: CSVSource, as format: CSVFormat, into sink: some ByteSink
  ) throws -> Int {
    try buffer.withUnsafeMutableBufferPointer { buffer in
      let output = CSVOutput(buffer: buffer, format: format, sink: sink)
      return try chunk.withUnsafeBufferPointer { input in
        try format.classes.withUnsafeBufferPointer { classes in
          switch source {
          case .text:
            var pass = CSVPass(input: input, classes: classes, output: output)
            return try pass.run()
          case .binary(let types):
            return try scratch.withUnsafeMutableBufferPointer { scratch in
              var pass = BinaryCSVPass(
                input: input, types: types, classes: classes, scratch: scratch.baseAddress!, output: output)
              return try pass.run()
            }
          }
        }
      }
    }
  }
}

/// The settings of one file, as bytes.
struct CSVFormat: Sendable {
  enum Class {
    static let ordinary: UInt8 = 0
    /// A tab or a line feed, which end a field.
    static let end: UInt8 = 1
    /// A byte that may ask for quotes, or a backslash.
    static let special: UInt8 = 2
  }

  static let quote = UInt8(ascii: "\"")

  let delimiter: UInt8
  let rowEnd: [UInt8]
  let null: [UInt8]
  let bom: Bool
  /// For each column, whether a value that looks like a formula gets a `'` in front.
  let guarded: [Bool]
  let anyGuarded: Bool
  /// For each column, whether a point in a number becomes a comma.
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

  /// For the line of names, which are texts.
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

  /// A spreadsheet reads a column's name as it reads a value.
  var guardingNames: CSVFormat { CSVFormat(self, guarded: guarded.map { _ in anyGuarded }) }

  /// Whether a spreadsheet would take a text that begins so for a formula.
  @inline(__always)
  static func beginsFormula(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 9, 13: true
    default: false
    }
  }
}
