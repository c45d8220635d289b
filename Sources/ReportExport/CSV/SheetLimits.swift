/// What a sheet can hold at most.
///
/// - SeeAlso: Microsoft, "Excel specifications and limits".
package struct SheetLimits: Hashable, Sendable {
  /// Rows of a sheet, the header among them.
  package var rows: Int
  /// UTF-16 units of a cell's text.
  package var letters: Int
  /// Bytes of a sheet before compression, beyond which its next row begins another one.
  package var bytes: Int

  package init(rows: Int = 1_048_576, letters: Int = 32_767, bytes: Int = 3_500_000_000) {
    self.rows = rows
    self.letters = letters
    self.bytes = bytes
  }

  /// Those of Excel since 2007.
  package static let excel = SheetLimits()
}
