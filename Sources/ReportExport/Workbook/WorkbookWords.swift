import ReportModel

/// What a workbook says besides its data. One table for each language; other languages have the English one.
package struct WorkbookWords: Hashable, Sendable {
  /// The name of the last sheet.
  package var about = "About"
  package var total = "Total"
  package var report = "Report"
  package var description = "Description"
  package var owner = "Owner"
  package var interval = "Interval"
  package var asOf = "As of"
  package var asOfMeaning = "The rows hold everything that was recorded before this moment."
  package var unproven = "As of, unproven for"
  package var timezone = "Time zone"
  package var timezoneMeaning = "Columns whose title names it have its local time."
  package var rows = "Rows"
  package var sheet = "Sheet"
  package var parameter = "Parameter"
  package var column = "Column"
  package var note = "Note"
  package var position = "WAL position"
  package var timeline = "timeline"
  package var replica = "Replica"
  package var published = "Published"
  package var run = "Run"
  package var fingerprint = "Fingerprint"
  package var generator = "Written by"
  package var definition = "Definition"
  package var null = "NULL"
  /// Of a value that was cut; `%` stands for how many letters it has.
  package var cut = "… [cut: % letters]"
  /// `%1` stands for the column, `%2` for how many values, `%3` for the most letters of a cell.
  package var cutNote =
    "%2 values of the column \"%1\" have more than %3 letters, the most that a cell holds, and are cut; each has a mark at its end. The CSV file and the table have them whole."
  /// `%1` stands for the most rows of a sheet.
  package var sheetsNote = "A sheet holds %1 rows at most; the rows go on where a sheet is full."
  /// `%` stands for how many groups have no sums.
  package var totalsNote = "The sums of % more groups are not shown."
  package var missingNote = "Nothing is published of this report yet."

  /// Of dates.
  let language: Language

  package init(_ language: Language = .english) {
    self.language = language
    if language.isRussian { setRussian() }
  }

  package static let english = WorkbookWords()

  func cutMark(letters: Int) -> String { cut.replacing("%", with: String(letters)) }
}

extension WorkbookWords {
  private mutating func setRussian() {
    about = "О книге"
    total = "Итого"
    report = "Отчёт"
    description = "Описание"
    owner = "Владелец"
    interval = "Интервал"
    asOf = "По состоянию на"
    asOfMeaning = "Строки содержат всё, что было записано до этого момента."
    unproven = "Момент не доказан для"
    timezone = "Часовой пояс"
    timezoneMeaning = "Столбцы, в заголовке которых он назван, показывают его местное время."
    rows = "Строк"
    sheet = "Лист"
    parameter = "Параметр"
    column = "Столбец"
    note = "Примечание"
    position = "Позиция WAL"
    timeline = "линия времени"
    replica = "Реплика"
    published = "Опубликовано"
    run = "Запуск"
    fingerprint = "Отпечаток"
    generator = "Программа"
    definition = "Определение"
    cut = "… [обрезано: всего знаков %]"
    cutNote =
      "Значения столбца «%1» обрезаны (%2): в них больше %3 знаков, которые вмещает ячейка; в конце каждого стоит пометка. В CSV и в таблице они целые."
    sheetsNote = "Лист вмещает не больше %1 строк; строки продолжаются на следующем листе."
    totalsNote = "Суммы ещё % групп не показаны."
    missingNote = "По этому отчёту ещё ничего не опубликовано."
  }
}
