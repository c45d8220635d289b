import ReportModel

package struct ChartPoint: Hashable, Sendable {
  package var x: String
  /// As the data has it; nil leaves a gap.
  package var y: String?
  package var series: String?

  package init(x: String, y: String?, series: String? = nil) {
    self.x = x
    self.y = y
    self.series = series
  }
}

/// One chart; points in the order of x, up to about 2,000 of them.
package struct ChartContent: Hashable, Sendable {
  package var spec: HTMLSettings.Chart
  package var points: [ChartPoint]

  package init(spec: HTMLSettings.Chart, points: [ChartPoint]) {
    self.spec = spec
    self.points = points
  }
}
