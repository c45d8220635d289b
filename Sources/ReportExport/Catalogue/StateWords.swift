/// A report's state as words and a colour; the colour alone carries nothing.
struct StateWords {
  let standing: ReportStanding?
  let words: CatalogueWords

  /// Of the newest interval, or of the table where its rows are gone.
  var state: String {
    guard let standing else { return words.unknown }
    return standing.state.map(words.state) ?? words.nothingPublished
  }

  /// What is not as it should be besides.
  var notes: [String] {
    guard let standing else { return [] }
    var notes: [String] = []
    if let last = standing.lastState, ["failed", "abandoned"].contains(last) {
      notes.append(words.lastRunFailed)
    }
    if standing.missing > 0 { notes.append(words.missingIntervals) }
    return notes
  }

  var style: String { standing?.level.rawValue ?? "muted" }

  /// What the index can be filtered by.
  var all: [String] { [state] + (standing?.isLate == true ? [words.late] : []) + notes }
}
