import ReportModel

/// One point of a chart, with values as the data has them.
package struct ChartPoint: Hashable, Sendable {
  /// A date, a time, a number or a name.
  package var x: String
  /// A number; nil leaves a gap.
  package var y: String?
  /// The name of the point's series; nil when the chart has none, or for NULL.
  package var series: String?

  package init(x: String, y: String?, series: String? = nil) {
    self.x = x
    self.y = y
    self.series = series
  }
}

/// One chart with its points: about 2,000 at most.
package struct ChartContent: Hashable, Sendable {
  /// Type, columns and title, from the report's definition.
  package var spec: HTMLSettings.Chart
  /// In the order of x.
  package var points: [ChartPoint]

  package init(spec: HTMLSettings.Chart, points: [ChartPoint]) {
    self.spec = spec
    self.points = points
  }
}
