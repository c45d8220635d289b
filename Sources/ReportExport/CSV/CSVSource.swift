/// The format of the rows that become CSV.
package enum CSVSource: Hashable, Sendable {
  case text
  /// Rows of COPY's binary format without its header and trailer; a type for each column.
  case binary([BinaryType])
}
