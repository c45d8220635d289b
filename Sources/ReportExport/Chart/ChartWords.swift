import ReportModel

/// What charts say in words, in one place.
enum ChartWords {
  static let noData = "No data"
  static let total = "Total"
  static let values = "Values"

  static func title(_ y: String, _ x: String) -> String { "\(y) by \(x)" }

  static func other(_ count: Int) -> String { "other (\(NumberText.text(count)))" }

  static func count(_ number: Int, _ one: String, _ many: String) -> String {
    "\(NumberText.text(number)) \(number == 1 ? one : many)"
  }

  /// - Parameters:
  ///   - x: the title of the column.
  static func leftOut(_ leftOut: ChartData.LeftOut, x: String) -> [String] {
    var parts: [String] = []
    if leftOut.nulls > 0 { parts.append("\(count(leftOut.nulls, "value", "values")) without \(x) not shown") }
    if leftOut.placeless > 0 {
      parts.append("\(count(leftOut.placeless, "value", "values")) with infinite \(x) not shown")
    }
    if leftOut.notPositive > 0 {
      parts.append("\(count(leftOut.notPositive, "value", "values")) of zero or less not shown")
    }
    return parts
  }

  static func newest(_ shown: Int, of all: Int) -> String {
    "the last \(NumberText.text(shown)) of \(NumberText.text(all))"
  }

  static func greatest(_ shown: Int, of all: Int) -> String {
    "the \(NumberText.text(shown)) greatest of \(NumberText.text(all))"
  }

  static func first(_ shown: Int, of all: Int) -> String {
    "the first \(NumberText.text(shown)) of \(NumberText.text(all))"
  }

  static let ownScales = "each with a scale of its own"
  static let logarithmic = "logarithmic scale"

  /// The beginning of the description for screen readers.
  static func summary(
    _ type: HTMLSettings.Chart.Mark, y: String, x: String, points: Int, series: Int
  ) -> String {
    let kind =
      switch type {
      case .line: "Line chart"
      case .bar: "Bar chart"
      case .stacked: "Stacked bar chart"
      case .area: "Area chart"
      case .pie: "Pie chart"
      case .list: "Bar list"
      }
    let text = "\(kind) of \(y) by \(x), \(count(points, "point", "points"))"
    return series > 1 ? text + " in \(series) series" : text
  }
}
