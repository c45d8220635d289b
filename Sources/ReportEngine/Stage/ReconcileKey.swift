import ReportModel

/// Which source rows belong to which check and span.
package struct ReconcileKey: Hashable, Sendable {
  /// Two queries are compared row by row in memory: enough for totals by any reasonable group.
  package static let maxRows = 10_000

  var place: SourcePlace
  var span: Int

  /// - Parameter span: its number in the attempt, from 0.
  package init(place: SourcePlace, span: Int) {
    self.place = place
    self.span = span
  }
}
