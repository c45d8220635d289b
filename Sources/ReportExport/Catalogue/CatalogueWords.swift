import ReportModel

/// Every word of a catalogue's pages; languages other than Russian have the English ones.
struct CatalogueWords: Hashable, Sendable {
  var reports = "Reports"
  var report = "Report"
  var dashboards = "Dashboards"
  var dashboard = "Dashboard"
  var sources = "Source tables"
  var source = "Table"
  var allReports = "All reports"
  /// The forms of a counted word, as `PluralRule` orders them; so are those below.
  var reportCount = ["# report", "# reports"]
  var dashboardCount = ["# dashboard", "# dashboards"]
  var statesAsOf = "States as of #."
  var statesUnknown = "States are unknown: these pages were written without a server."
  var caption = "Every report with its newest interval, its state and its files"

  // The filters of the index.
  var search = "Search"
  var all = "all"
  var tag = "Tag"
  var owner = "Owner"

  // Columns of tables.
  var newest = "Newest"
  var state = "State"
  var freshness = "Freshness"
  var rows = "Rows"
  var asOf = "As of"
  var files = "Files"
  var interval = "Interval"
  var neighbours = "Neighbours"
  var name = "Name"
  var titleOfColumn = "Title"
  var type = "Type"
  var description = "Description"
  var check = "Check"
  var severity = "Severity"
  var lastValue = "Last value"
  var defaultValue = "Default"
  var role = "Role"
  var privileges = "Privileges"

  // States, and what is said about them.
  var unknown = "unknown"
  var nothingPublished = "nothing published"
  var late = "late"
  var lastRunFailed = "last run failed"
  var missingIntervals = "intervals missing"
  var filesOwed = "files owed"
  var noFiles = "no files"
  var lessThanAnHour = "< 1 h"
  var hours = "h"
  var days = "d"
  var lateAfter = "Late after"
  var missing = "Missing"
  var missingFrom = "# from"
  var failed = "Failed"
  var missed = "Missed"
  var outdated = "Outdated"
  var expired = "Expired"
  var lastRun = "Last run"
  var never = "never"
  var error = "Error"
  var unproven = "Not proven for"

  // Sections of a report's page.
  var intervals = "Intervals"
  var newer = "next"
  var older = "previous"
  var olderIntervals = "# to #: # older intervals"
  var columns = "Columns"
  var checks = "Checks"
  var parameters = "Parameters"
  var schedule = "When it runs"
  var table = "Summary table"
  var grants = "Grants"
  var lineage = "Lineage"
  var hiddenNodes = "# more are not drawn."
  var reads = "Reads"
  var readBy = "Read by"
  var shownBy = "Shown by"
  var sql = "SQL"
  var definition = "Definition"
  var noIntervals = "Nothing is published."
  var none = "none"

  // Facts.
  var period = "Period"
  var periods = [
    "day": "each day", "week": "each week", "month": "each month", "none": "whole, without intervals",
  ]
  var since = "since"
  var expected = "Expected within"
  var afterInterval = "# after the end of an interval"
  var afterAsOf = "# after the last as-of"
  var notExpected = "never late"
  var catchUp = "Missed intervals"
  var catchUpAll = "are computed by a later run"
  var catchUpNewest = "only the newest is computed"
  var lookback = "Computed again"
  var lookbackIntervals = "the newest # intervals, by every run"
  var kept = "Files kept"
  var keptIntervals = "newest # intervals"
  var retention = "Rows kept"
  var materialization = "Materialization"
  var timeColumn = "Time column"
  var uniqueKey = "Unique key"
  var key = "key"
  var time = "time"
  var passed = "passed"
  var notPassed = "failed"
  var rowCount = ["# row", "# rows"]
  var atLeast = "at least #"

  /// What a file is, by the end of its name.
  var kinds = [".html": "page", ".csv": "CSV", ".xlsx": "XLSX", ".json": "manifest"]

  /// What `status` calls a state, where the language calls it otherwise.
  var states: [String: String] = [:]

  private var rule = PluralRule.singular

  /// Of dates.
  private let language: Language

  init(_ language: Language = .english) {
    self.language = language
    if language.isRussian { setRussian() }
  }

  /// A moment as people write it.
  func moment(_ text: String) -> String { language.shown(text) }

  /// The name of an interval, `2026-11-22` or `2026-10`, where the language writes dates otherwise.
  func interval(_ name: String) -> String {
    guard name.count == 7, let first = CalendarDate(name + "-01") else { return language.shown(name) }
    return language.digits(first) == first.description ? name : language.month(first)
  }

  func state(_ state: String) -> String { states[state] ?? state }

  func kind(_ kind: Lineage.Kind) -> String {
    switch kind {
    case .source: source
    case .report: report
    case .dashboard: dashboard
    }
  }

  func count(_ number: Int, _ forms: [String]) -> String { fill(forms[rule.form(of: number)], "\(number)") }

  /// Puts values in the places of `#`, in their order.
  func fill(_ text: String, _ values: String...) -> String {
    var parts = text.split(separator: "#", omittingEmptySubsequences: false)[...]
    var filled = String(parts.removeFirst())
    for value in values where !parts.isEmpty { filled += value + parts.removeFirst() }
    return filled
  }
}

extension CatalogueWords {
  private mutating func setRussian() {
    rule = .slavic
    reports = "Отчёты"
    report = "Отчёт"
    dashboards = "Дашборды"
    dashboard = "Дашборд"
    sources = "Исходные таблицы"
    source = "Таблица"
    allReports = "Все отчёты"
    reportCount = ["# отчёт", "# отчёта", "# отчётов"]
    dashboardCount = ["# дашборд", "# дашборда", "# дашбордов"]
    statesAsOf = "Состояния на #."
    statesUnknown = "Состояния неизвестны: страницы записаны без сервера."
    caption = "Все отчёты с последним интервалом, состоянием и файлами"
    search = "Поиск"
    all = "все"
    tag = "Метка"
    owner = "Владелец"
    newest = "Последний"
    state = "Состояние"
    freshness = "Возраст"
    rows = "Строк"
    asOf = "На момент"
    files = "Файлы"
    interval = "Интервал"
    neighbours = "Соседние"
    name = "Имя"
    titleOfColumn = "Заголовок"
    type = "Тип"
    description = "Описание"
    check = "Проверка"
    severity = "Важность"
    lastValue = "Последний результат"
    defaultValue = "По умолчанию"
    role = "Роль"
    privileges = "Права"
    unknown = "неизвестно"
    nothingPublished = "ничего не опубликовано"
    late = "опаздывает"
    lastRunFailed = "последний запуск не удался"
    missingIntervals = "не хватает интервалов"
    filesOwed = "файлы ещё не записаны"
    noFiles = "нет файлов"
    lessThanAnHour = "< 1 ч"
    hours = "ч"
    days = "д"
    lateAfter = "Опоздание после"
    missing = "Не хватает"
    missingFrom = "#, начиная с"
    failed = "Не удались"
    missed = "Пропущено"
    outdated = "Устарело"
    expired = "Истекло"
    lastRun = "Последний запуск"
    never = "не было"
    error = "Ошибка"
    unproven = "Не доказано для"
    intervals = "Интервалы"
    newer = "следующий"
    older = "предыдущий"
    olderIntervals = "от # до #: более ранних интервалов #"
    columns = "Столбцы"
    checks = "Проверки"
    parameters = "Параметры"
    schedule = "Когда вычисляется"
    table = "Сводная таблица"
    grants = "Права доступа"
    lineage = "Происхождение"
    hiddenNodes = "Не нарисовано ещё #."
    reads = "Читает"
    readBy = "Читают"
    shownBy = "Показывают"
    definition = "Определение"
    noIntervals = "Ничего не опубликовано."
    none = "нет"
    period = "Период"
    periods = [
      "day": "каждый день", "week": "каждую неделю", "month": "каждый месяц",
      "none": "целиком, без интервалов",
    ]
    since = "с"
    expected = "Ожидается в течение"
    afterInterval = "# после конца интервала"
    afterAsOf = "# после последнего момента данных"
    notExpected = "срок не задан"
    catchUp = "Пропущенные интервалы"
    catchUpAll = "вычисляются следующим запуском"
    catchUpNewest = "вычисляется только последний"
    lookback = "Вычисляется заново"
    lookbackIntervals = "последние # интервалов, каждым запуском"
    kept = "Файлы хранятся"
    keptIntervals = "последние # интервалов"
    retention = "Строки хранятся"
    materialization = "Материализация"
    timeColumn = "Столбец времени"
    uniqueKey = "Уникальный ключ"
    key = "ключ"
    time = "время"
    passed = "пройдена"
    notPassed = "не пройдена"
    rowCount = ["# строка", "# строки", "# строк"]
    atLeast = "не меньше: #"
    kinds = [".html": "страница", ".csv": "CSV", ".xlsx": "Excel", ".json": "манифест"]
    states = [
      "confirmed": "подтверждён", "published": "опубликован", "open": "ещё идёт",
      "up_to_date": "без изменений",
      "exported": "файлы записаны", "failed": "не удался", "skipped": "пропущен", "running": "выполняется",
      "abandoned": "брошен", "interrupted": "прерван", "table missing": "таблицы нет",
      "table replaced": "таблица другая", "table emptied": "таблица пуста", "table shrunk": "строк меньше",
      "error": "ошибка", "warning": "предупреждение",
    ]
  }
}
