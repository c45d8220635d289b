import ReportModel

/// One point of a chart, with values as the data has them.
package struct ChartPoint: Hashable, Sendable {
  /// A date, a time, a number or a name; nil for NULL, and for the sum of other values of x.
  package var x: String?
  /// A number; nil leaves a gap.
  package var y: String?
  /// The name of the point's series; nil when the chart has none, for NULL, and for the sum of other series.
  package var series: String?
  /// How many series the point adds up; 0 for a series of its own.
  package var otherSeries: Int
  /// How many values of x the point adds up; 0 for a value of its own.
  package var otherX: Int

  package init(x: String?, y: String?, series: String? = nil, otherSeries: Int = 0, otherX: Int = 0) {
    self.x = x
    self.y = y
    self.series = series
    self.otherSeries = otherSeries
    self.otherX = otherX
  }
}

/// One chart with its points: 2,000 values of x in 8 series at most.
package struct ChartContent: Hashable, Sendable {
  /// Type, columns and title, from the report's definition.
  package var spec: HTMLSettings.Chart
  /// In the order of x, or of the report's rows where x is a name.
  package var points: [ChartPoint]
  /// How many values of x there are, also those that `points` leaves out; nil for those of `points`.
  package var xCount: Int?
  /// The page's own interval, when x is the column that intervals go by.
  package var interval: Interval?
  /// The step of the intervals; `none` unless there is an interval.
  package var period: Period

  package init(
    spec: HTMLSettings.Chart, points: [ChartPoint], xCount: Int? = nil, interval: Interval? = nil,
    period: Period = .none
  ) {
    self.spec = spec
    self.points = points
    self.xCount = xCount
    self.interval = interval
    self.period = period
  }
}
