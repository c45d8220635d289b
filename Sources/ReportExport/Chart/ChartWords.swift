import ReportModel

/// What charts say in words, in one place.
struct ChartWords {
  let language: Language

  func title(_ y: String, _ x: String) -> String { language.text(.chartTitle, ["y": y, "x": x]) }

  /// A value of x, or the name of a series: a text without letters is in quotes, so that it can be seen.
  func name(_ text: String?) -> String {
    guard let text else { return "—" }
    return text.allSatisfy(\.isWhitespace) ? "\"\(text)\"" : language.shown(text)
  }

  /// The name of the series whose rows have NULL for one: `Currency: —`.
  func unnamed(_ title: String) -> String { "\(title): —" }

  func other(_ count: Int) -> String { language.text(.other, ["n": language.number(count)]) }

  /// - Parameter x: the title of the column.
  func leftOut(_ leftOut: ChartData.LeftOut, x: String) -> [String] {
    var parts: [String] = []
    if leftOut.nulls > 0 { parts.append(language.count(.valuesWithoutX, leftOut.nulls, ["x": x])) }
    if leftOut.placeless > 0 { parts.append(language.count(.valuesAtInfinity, leftOut.placeless, ["x": x])) }
    if leftOut.notPositive > 0 { parts.append(language.count(.valuesNotPositive, leftOut.notPositive)) }
    return parts
  }

  /// - Parameter word: `newestOf`, `greatestOf` or `firstOf`.
  func part(_ word: Word, _ shown: Int, of all: Int) -> String {
    language.text(word, ["shown": language.number(shown), "all": language.number(all)])
  }

  /// The beginning of the description for screen readers.
  func summary(_ type: HTMLSettings.Chart.Mark, y: String, x: String, points: Int, series: Int) -> String {
    let kind: Word =
      switch type {
      case .line: .lineChart
      case .bar: .barChart
      case .stacked: .stackedChart
      case .area: .areaChart
      case .pie: .pieChart
      case .list: .listChart
      }
    let text = language.text(
      .chartSummary,
      ["chart": language[kind], "y": y, "x": x, "points": language.count(.points, points)])
    return series > 1 ? text + " " + language.count(.inSeries, series) : text
  }
}
