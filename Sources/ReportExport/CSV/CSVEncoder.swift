import ReportModel

/// Encodes rows of a COPY, in text or binary format, as CSV. With default settings the bytes are those that PostgreSQL's
/// `COPY … TO … (FORMAT csv, HEADER)` writes for the same rows.
///
/// Like PostgreSQL, it quotes a value that contains the delimiter, a quote, CR or LF; a value that equals the text for NULL;
/// and `\.` as the only value of a row. Needs constant memory, whatever the length of a row.
///
/// - SeeAlso: PostgreSQL, `CopyAttributeOutCSV` in `copyto.c`.
package struct CSVEncoder: Sendable {
  /// One column of the file.
  package struct Column: Hashable, Sendable {
    /// Which settings apply to the values.
    package enum Kind: Hashable, Sendable {
      /// Text, to which `guardFormulas` applies.
      case text
      /// A number, to which the decimal sign applies.
      case number
      case other
    }

    /// As in the header.
    package var name: String
    /// How values are encoded.
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
  /// Of the binary format.
  private let binary: [BinaryCSVColumn]
  private var buffer: [UInt8]
  /// Memory for the text of one value of the binary format.
  private var scratch: [UInt8]

  /// - Parameters:
  ///   - columns: at least one, in the order of the rows' fields.
  ///   - source: the format of the rows.
  /// - Throws: `Diagnostic` for the settings that PostgreSQL refuses, too, because the file could not be parsed.
  package init(settings: CSVSettings, columns: [Column], source: CSVSource = .text) throws {
    precondition(!columns.isEmpty, "a report has at least one column")
    format = try CSVFormat(settings, columns: columns.map(\.kind))
    names = columns.map(\.name)
    self.source = source
    let room = source == .text ? 0 : BinaryValue.room
    buffer = [UInt8](repeating: 0, count: 64 * 1024 + room)
    scratch = [UInt8](repeating: 0, count: room)
    let format = format
    binary =
      if case .binary(let types) = source {
        types.enumerated().map { BinaryCSVColumn($1, $0, format) }
      } else { [] }
  }

  /// Writes the byte order mark, if the settings have one, and the column names.
  package func writeHeader(into sink: some ByteSink) throws {
    var header = self
    header.buffer = [UInt8](repeating: 0, count: 4096)
    if format.bom { try sink.write([0xEF, 0xBB, 0xBF]) }
    let format = self.format.guardingNames
    _ = try header.encode(CopyText.row(names), .text, as: format, into: sink)
  }

  /// Encodes a chunk of whole rows and writes it.
  ///
  /// - Throws: what the sink throws; `CopyTextError` for a truncated row and for a row with another number of fields.
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
          case .binary:
            return try scratch.withUnsafeMutableBufferPointer { scratch in
              var pass = BinaryCSVPass(
                input: input, columns: binary, classes: classes, scratch: scratch.baseAddress!, output: output
              )
              return try pass.run()
            }
          }
        }
      }
    }
  }
}
