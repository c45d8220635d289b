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
