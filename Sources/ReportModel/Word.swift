/// A text of the program's own on pages and in other files. The raw value is its key under `words` in `locales/LANG.yaml`.
///
/// Texts in braces are placeholders; each language may have them in any order.
package enum Word: String, CaseIterable, Sendable {
  // Numbers and dates.
  case decimal, yes, no, date
  case dateLong = "date_long"
  case dateShort = "date_short"
  case dateShortYear = "date_short_year"
  case dayMonth = "day_month"
  case dayMonthYear = "day_month_year"
  case month
  case monthShort = "month_short"
  case week, moment, months
  case monthsAlone = "months_alone"
  case monthsShort = "months_short"
  case weekdays
  case weekdaysShort = "weekdays_short"
  case range

  // The sums at the top.
  case total, totals
  case moreTotals = "more_totals"
  case more
  case greatestGroups = "greatest_groups"
  case against, times
  case valueOn = "value_on"
  case noValueFor = "no_value_for"

  // The page of a report.
  case asOf = "as_of"
  case unproven, rows
  case rowCount = "row_count"
  case firstRows = "first_rows"
  case csvHasAll = "csv_has_all"
  case noRows = "no_rows"
  case noRowsFor = "no_rows_for"
  case truncated
  case filter
  case filterRows = "filter_rows"
  case history, download
  case about, owner, interval
  case intervalBounds = "interval_bounds"
  case asOfTime = "as_of_time"
  case asOfUnproven = "as_of_unproven"
  case position
  case positionValue = "position_value"
  case replica, parameter
  case run, fingerprint, columns

  // Charts.
  case noData = "no_data"
  case values
  case chartTitle = "chart_title"
  case other
  case valuesWithoutX = "values_without_x"
  case valuesAtInfinity = "values_at_infinity"
  case valuesNotPositive = "values_not_positive"
  case newestOf = "newest_of"
  case greatestOf = "greatest_of"
  case firstOf = "first_of"
  case ownScales = "own_scales"
  case logarithmic, millions, billions, trillions
  case lineChart = "line_chart"
  case barChart = "bar_chart"
  case stackedChart = "stacked_chart"
  case areaChart = "area_chart"
  case pieChart = "pie_chart"
  case listChart = "list_chart"
  case chartSummary = "chart_summary"
  case points
  case inSeries = "in_series"
  case extremes

  // The page of all reports.
  case reports
  case reportCount = "report_count"
  case everyReport = "every_report"
  case report, newest, state, files
  case confirmed, published
  case filesOwed = "files_owed"
  case failed
  case nothingYet = "nothing_yet"
  case tags
  case fileOf = "file_of"
  case page, manifest

  /// How many texts a language has for it.
  package enum Kind: Hashable, Sendable {
    case one
    /// A form for each plural of the language, the number as `{n}`.
    case counted
    case list(Int)
  }

  package var kind: Kind {
    let standard = standard
    if standard.isList { return .list(standard.english.count) }
    return standard.english.count == 1 ? .one : .counted
  }

  /// The names in braces.
  package var placeholders: Set<String> {
    Set(standard.english.flatMap(Self.placeholders))
  }

  /// The names in braces of a text.
  package static func placeholders(_ text: String) -> Set<String> {
    Set(
      text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { part in
        part.firstIndex(of: "}").map { String(part[..<$0]) }
      })
  }
}
