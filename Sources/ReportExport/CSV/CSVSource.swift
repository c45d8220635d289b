/// The format of the rows that a `CSVEncoder` reads.
package enum CSVSource: Hashable, Sendable {
  /// COPY's text format.
  case text
  /// COPY's binary format without header and trailer, with the type of each column.
  case binary([BinaryType])
}
