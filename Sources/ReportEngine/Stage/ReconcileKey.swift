import ReportModel

/// Which source rows belong to which check and span.
package struct ReconcileKey: Hashable, Sendable {
  /// Two queries are compared row by row in memory: enough for totals by any reasonable group.
  package static let maxRows = 10_000

  package var place: SourcePlace
  package var span: Int

  package init(place: SourcePlace, span: Int) {
    self.place = place
    self.span = span
  }
}
