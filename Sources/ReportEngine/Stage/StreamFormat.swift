import ReportExport
import ReportLedger
import ReportModel

/// In which of COPY's formats a report's rows pass through.
///
/// Binary saves the primary a third of what loading them costs, but only of types that the server gives and takes in
/// it unchanged, and, where a file is written from the same stream, of those that are written as text here.
struct StreamFormat: Hashable, Sendable {
  let format: CopyFormat
  /// For the file that is written from the stream.
  let csvSource: CSVSource

  /// Types whose text is not written here from binary values: it depends on settings, or is not simple.
  private static let unwritten: Set<String> = [
    "real", "double precision", "timestamp with time zone",
    // Of the staging table of a publish by difference.
    "\"char\"", "tid", "xid", "bigint[]",
  ]

  init(_ columns: [ColumnShape], feedsFile: Bool) {
    let types = columns.map { BinaryType($0.type) }
    let isBinary = zip(columns, types).allSatisfy { column, type in
      type != nil || (!feedsFile && Self.unwritten.contains(column.type))
    }
    format = isBinary ? .binary : .text
    csvSource = isBinary ? .binary(types.compactMap(\.self)) : .text
  }
}
