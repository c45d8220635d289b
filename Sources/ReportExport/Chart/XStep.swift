import ReportModel

/// Texts of x that follow each other in equal steps although they are neither dates nor numbers.
package enum XStep: Hashable {
  /// `2026-W07`, `2026-Q1`, `2026-02`, `Q1`, `Monday`, `May`; the last three begin again after a year or a week.
  case week, quarter, month, quarterName, weekday, monthName

  /// - Returns: the kind and the number of the step, counted from the year 0, or within the year or the week.
  static func read(_ text: String) -> (XStep, Int)? {
    let words = text.lowercased().split { $0 == " " || $0 == "-" }.map {
      String($0.last == "." ? $0.dropLast() : $0)
    }
    switch words.count {
    case 1: return single(words[0])
    case 2: return pair(words[0], words[1]) ?? pair(words[1], words[0])
    case 3 where words[1] == "квартал" || words[1] == "кв":
      return pair(words[2], "q" + words[0])
    default: return nil
    }
  }

  private static func single(_ word: String) -> (XStep, Int)? {
    if let quarter = quarter(word) { return (.quarterName, quarter) }
    if let day = index(of: word, in: weekdays) { return (.weekday, day) }
    if let month = index(of: word, in: months) { return (.monthName, month) }
    // 2026Q1, 2026W07
    return word.utf8.count > 5 ? pair(String(word.prefix(4)), String(word.dropFirst(4))) : nil
  }

  private static func pair(_ first: String, _ second: String) -> (XStep, Int)? {
    guard first.utf8.count == 4, let year = Int(first), (1...9999).contains(year) else {
      return index(of: second, in: ["кв", "квартал"]) == nil
        ? nil : quarter("q" + first).map { (.quarterName, $0) }
    }
    if let quarter = quarter(second) { return (.quarter, year * 4 + quarter) }
    if let week = week(second), let monday = monday(year: year, week: week) { return (.week, monday) }
    if let month = index(of: second, in: months) { return (.month, year * 12 + month) }
    if second.utf8.count == 2, let month = Int(second), (1...12).contains(month) {
      return (.month, year * 12 + month - 1)
    }
    return nil
  }

  private static func quarter(_ word: String) -> Int? {
    guard word.count == 2, let first = word.first, first == "q" || first == "к",
      let number = word.last?.wholeNumberValue
    else { return nil }
    return (1...4).contains(number) ? number - 1 : nil
  }

  private static func week(_ word: String) -> Int? {
    guard word.first == "w", word.count <= 3, let number = Int(word.dropFirst()) else { return nil }
    return (1...53).contains(number) ? number : nil
  }

  /// The number of weeks from the week of 1970-01-05 to an ISO week. Week 1 contains January 4.
  private static func monday(year: Int, week: Int) -> Int? {
    guard let fourth = CalendarDate(year: year, month: 1, day: 4) else { return nil }
    let monday = fourth.daysSinceEpoch - fourth.isoWeekday + 1
    return (monday - 4) / 7 + week - 1
  }

  private static func index(of word: String, in names: [String]) -> Int? {
    names.firstIndex { $0.split(separator: " ").contains(Substring(word)) }
  }

  /// The names of weekdays and of months, each in its order; lower case, without full stops.
  package static let namesInOrder = (weekdays + months).flatMap { $0.split(separator: " ").map(String.init) }

  /// Full and short names, in English and Russian.
  private static let weekdays = [
    "monday mon пн понедельник", "tuesday tue tues вт вторник", "wednesday wed ср среда",
    "thursday thu thur thurs чт четверг", "friday fri пт пятница", "saturday sat сб суббота",
    "sunday sun вс воскресенье",
  ]

  private static let months = [
    "january jan январь января янв", "february feb февраль февраля фев февр", "march mar март марта мар",
    "april apr апрель апреля апр", "may май мая", "june jun июнь июня июн", "july jul июль июля июл",
    "august aug август августа авг", "september sep sept сентябрь сентября сен сент",
    "october oct октябрь октября окт", "november nov ноябрь ноября ноя нояб",
    "december dec декабрь декабря дек",
  ]
}
