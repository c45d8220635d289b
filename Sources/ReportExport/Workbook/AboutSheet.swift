import ReportModel

/// The last sheet of a workbook: where the rows come from, as of when, and what the sheets could not hold.
struct AboutSheet {
  typealias Row = [(text: String, look: CellStyle.Look)?]

  let words: WorkbookWords
  let limits: SheetLimits
  let timezone: String
  let generator: String

  /// - Parameter missing: titles of reports without rows to show.
  func rows(_ reports: [(report: WorkbookReport, result: SheetResult)], missing: [String]) -> [Row] {
    var rows: [Row] = []
    for (report, result) in reports {
      if !rows.isEmpty { rows.append([]) }
      rows.append([(report.title, .title)])
      for (label, text) in facts(report, result) {
        rows += pieces(text).enumerated().map { row(label, $1, $0) }
      }
      let lines = report.sql.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
      let sql = lines.reversed().drop(while: \.isEmpty).reversed().flatMap(pieces)
      rows += sql.enumerated().map { row(words.definition, $1, $0) }
    }
    for title in missing { rows += [[], [(title, .title)], row(words.note, words.missingNote, 0)] }
    return rows + [[], [(words.generator, .label), (generator, .wrapped)]]
  }

  private func row(_ label: String, _ text: String, _ number: Int) -> Row {
    [number == 0 ? (label, .label) : nil, (text, .wrapped)]
  }

  private func facts(_ report: WorkbookReport, _ result: SheetResult) -> [(String, String)] {
    let asOf = report.asOf
    var facts = [(words.report, report.reportName)]
    if let description = report.description { facts.append((words.description, description)) }
    if let owner = report.owner { facts.append((words.owner, owner)) }
    facts.append((words.interval, interval(report)))
    facts.append((words.asOf, "\(words.language.moment(asOf.time)). \(words.asOfMeaning)"))
    if !asOf.unproven.isEmpty { facts.append((words.unproven, asOf.unproven.joined(separator: ", "))) }
    let hasZones = result.columns.contains(where: \.hasZone)
    facts.append((words.timezone, timezone + (hasZones ? ". \(words.timezoneMeaning)" : "")))
    facts.append((words.rows, String(result.rowCount)))
    facts += result.sheets.map { (words.sheet, "\($0.name): \($0.rows)") }
    facts += notes(result).map { (words.note, $0) }
    facts += report.parameters.map { ("\(words.parameter) \($0.name)", $0.value ?? words.null) }
    facts += result.columns.map { column in
      let meaning = column.description.map { ". \($0)" } ?? ""
      return (words.column, "\(column.title): \(column.name), \(column.type)\(meaning)")
    }
    facts.append((words.position, "\(asOf.position), \(words.timeline) \(asOf.timeline)"))
    if let replica = asOf.replica { facts.append((words.replica, replica)) }
    if let published = report.publishedAt { facts.append((words.published, published)) }
    return facts + [(words.run, report.run), (words.fingerprint, report.fingerprint)]
  }

  func notes(_ result: SheetResult) -> [String] {
    var notes = result.cut.map { cut in
      words.cutNote.replacing("%1", with: cut.column).replacing("%2", with: String(cut.values))
        .replacing("%3", with: String(limits.letters))
    }
    if result.sheets.count > 1 {
      notes.append(words.sheetsNote.replacing("%1", with: String(limits.rows - 1)))
    }
    if result.missingTotals > 0 {
      notes.append(words.totalsNote.replacing("%", with: String(result.missingTotals)))
    }
    return notes
  }

  /// The first and the last day: a range of days for people includes its end.
  private func interval(_ report: WorkbookReport) -> String {
    report.interval.flatMap { words.language.name(of: $0) } ?? report.intervalName
  }

  /// A text that is too long for one cell goes on in the next row.
  private func pieces(_ text: String) -> [String] {
    guard text.utf16.count > limits.letters else { return [text] }
    var pieces = [""]
    var letters = 0
    for character in text {
      let size = character.utf16.count
      if letters + size > limits.letters {
        pieces.append("")
        letters = 0
      }
      pieces[pieces.count - 1].append(character)
      letters += size
    }
    return pieces
  }
}
