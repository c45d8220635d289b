extension Word {
  /// What English and Russian say.
  struct Standard {
    var english: [String]
    var russian: [String]
    var isList = false

    init(_ english: String, _ russian: String) { (self.english, self.russian) = ([english], [russian]) }

    /// Forms for 1 and more; for 1, 2 and 5.
    init(counted english: [String], _ russian: [String]) {
      (self.english, self.russian) = (english, russian)
    }

    init(list english: [String], _ russian: [String]) {
      (self.english, self.russian, isList) = (english, russian, true)
    }
  }

  /// In the order of the cases.
  var standard: Standard {
    switch self {
    // Numbers and dates.
    case .decimal: .init(".", ",")
    case .yes: .init("yes", "да")
    case .no: .init("no", "нет")
    // Of {year}, {month} and {day} in digits.
    case .date: .init("{year}-{month}-{day}", "{day}.{month}.{year}")
    case .dateLong: .init("{weekday}, {day} {month} {year}", "{weekday}, {day} {month} {year} г.")
    case .dateShort: .init("{weekday} {day} {month}", "{weekday} {day} {month}")
    case .dateShortYear: .init("{weekday} {day} {month} {year}", "{weekday} {day} {month} {year}")
    case .dayMonth: .init("{day} {month}", "{day} {month}")
    case .dayMonthYear: .init("{day} {month} {year}", "{day} {month} {year}")
    case .month: .init("{month} {year}", "{month} {year} г.")
    case .monthShort: .init("{month} {year}", "{month} {year}")
    case .week: .init("the week of {date}", "неделю с {date}")
    case .moment:
      .init("{weekday}, {day} {month} {year}, {time}", "{day} {month} {year} г. ({weekday}), {time}")
    case .months:
      .init(
        list: Self.englishMonths,
        [
          "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября",
          "ноября", "декабря",
        ])
    case .monthsAlone:
      .init(
        list: Self.englishMonths,
        [
          "Январь", "Февраль", "Март", "Апрель", "Май", "Июнь", "Июль", "Август", "Сентябрь", "Октябрь",
          "Ноябрь", "Декабрь",
        ])
    case .monthsShort:
      .init(
        list: Self.englishMonths.map { String($0.prefix(3)) },
        ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"])
    case .weekdays:
      .init(
        list: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"])
    case .weekdaysShort:
      .init(
        list: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], ["пн", "вт", "ср", "чт", "пт", "сб", "вс"])
    case .range: .init("{first} – {last}", "{first} – {last}")
    // The sums at the top.
    case .total: .init("Total", "Итого")
    case .totals: .init("Totals", "Итоги")
    case .moreTotals: .init("More totals", "Другие итоги")
    case .more: .init("{n} more", "Ещё {n}")
    case .greatestGroups:
      .init("The {shown} greatest of {all}.", "Показаны наибольшие: {shown} из {all}.")
    case .against: .init("against {interval}", "к итогу за {interval}")
    // For growth that percent would not tell.
    case .times: .init("×{factor}", "×{factor}")
    case .valueOn: .init("{value} for {interval}", "{value} за {interval}")
    case .noValueFor: .init("no value for {interval}", "нет значения за {interval}")
    // The page of a report.
    case .asOf: .init("Includes everything recorded before {time}.", "Учтено всё, что записано до {time}.")
    case .unproven:
      .init(
        "Unproven: that does not hold for {names}.", "Не доказано: это не относится к {names}.")
    case .rows: .init("Rows", "Строки")
    case .rowCount: .init(counted: ["{n} row", "{n} rows"], ["{n} строка", "{n} строки", "{n} строк"])
    case .firstRows:
      .init(
        counted: ["First {shown} of {n} row", "First {shown} of {n} rows"],
        ["Первые {shown} из {n} строки", "Первые {shown} из {n} строк", "Первые {shown} из {n} строк"])
    case .csvHasAll: .init("the CSV has all", "все строки — в CSV")
    case .noRows: .init("There are no rows.", "Строк нет.")
    case .noRowsFor: .init("There are no rows for {interval}.", "Строк за этот период нет: {interval}")
    case .truncated: .init("… the first {shown} of {all} bytes", "… первые {shown} из {all} байт")
    case .filter: .init("Filter", "Фильтр")
    case .filterRows: .init("Filter rows", "Отбор строк")
    case .history: .init("History", "История")
    case .download: .init("Download {file}", "Скачать {file}")
    case .about: .init("About these numbers", "Об этих числах")
    case .owner: .init("Owner", "Ответственный")
    case .interval: .init("Interval", "Период")
    case .intervalBounds: .init("from {start}, before {end}", "с {start}, до {end}")
    case .asOfTime: .init("As of", "По состоянию на")
    case .asOfUnproven: .init("As of, unproven for", "По состоянию на, не доказано для")
    case .position: .init("WAL position", "Позиция WAL")
    case .positionValue: .init("{position}, timeline {timeline}", "{position}, линия времени {timeline}")
    case .replica: .init("Replica", "Реплика")
    case .parameter: .init("Parameter {name}", "Параметр {name}")
    case .run: .init("Run", "Запуск")
    case .fingerprint: .init("Fingerprint", "Отпечаток определения")
    case .columns: .init("Columns", "Столбцы")
    // Charts.
    case .noData: .init("No data", "Нет данных")
    case .values: .init("Values", "Значения")
    case .chartTitle: .init("{y} by {x}", "{y}: {x}")
    case .other: .init("other ({n})", "прочее ({n})")
    case .valuesWithoutX:
      .init(
        counted: ["{n} value without {x} not shown", "{n} values without {x} not shown"],
        [
          "не показано {n} значение без «{x}»", "не показаны {n} значения без «{x}»",
          "не показано {n} значений без «{x}»",
        ])
    case .valuesAtInfinity:
      .init(
        counted: ["{n} value with infinite {x} not shown", "{n} values with infinite {x} not shown"],
        [
          "не показано {n} значение с бесконечным «{x}»", "не показаны {n} значения с бесконечным «{x}»",
          "не показано {n} значений с бесконечным «{x}»",
        ])
    case .valuesNotPositive:
      .init(
        counted: ["{n} value of zero or less not shown", "{n} values of zero or less not shown"],
        [
          "не показано {n} значение не больше нуля", "не показаны {n} значения не больше нуля",
          "не показано {n} значений не больше нуля",
        ])
    case .newestOf: .init("the last {shown} of {all}", "последние {shown} из {all}")
    case .greatestOf: .init("the {shown} greatest of {all}", "наибольшие {shown} из {all}")
    case .firstOf: .init("the first {shown} of {all}", "первые {shown} из {all}")
    case .ownScales: .init("each with a scale of its own", "у каждого ряда свой масштаб")
    case .logarithmic: .init("logarithmic scale", "логарифмическая шкала")
    case .millions: .init("millions", "млн")
    case .billions: .init("billions", "млрд")
    case .trillions: .init("trillions", "трлн")
    case .lineChart: .init("Line chart", "Линейный график")
    case .barChart: .init("Bar chart", "Столбчатая диаграмма")
    case .stackedChart: .init("Stacked bar chart", "Столбчатая диаграмма с накоплением")
    case .areaChart: .init("Area chart", "Диаграмма с областями")
    case .pieChart: .init("Pie chart", "Круговая диаграмма")
    case .listChart: .init("Bar list", "Полосовая диаграмма")
    case .chartSummary: .init("{chart} of {y} by {x}, {points}", "{chart}: {y}, {x}, {points}")
    case .points: .init(counted: ["{n} point", "{n} points"], ["{n} точка", "{n} точки", "{n} точек"])
    case .inSeries:
      .init(counted: ["in {n} series", "in {n} series"], ["в {n} ряду", "в {n} рядах", "в {n} рядах"])
    case .extremes:
      .init(
        "Lowest {low} ({low_x}), highest {high} ({high_x})",
        "Наименьшее {low} ({low_x}), наибольшее {high} ({high_x})")
    // The page of all reports.
    case .reports: .init("Reports", "Отчёты")
    case .reportCount:
      .init(counted: ["{n} report", "{n} reports"], ["{n} отчёт", "{n} отчёта", "{n} отчётов"])
    case .everyReport:
      .init("Every report with its newest interval and files", "Все отчёты с последним периодом и файлами")
    case .report: .init("Report", "Отчёт")
    case .newest: .init("Newest", "Последний")
    case .state: .init("State", "Состояние")
    case .files: .init("Files", "Файлы")
    case .confirmed: .init("confirmed", "подтверждён")
    case .published: .init("published", "опубликован")
    case .filesOwed: .init("files owed", "нет файлов")
    case .failed: .init("failed", "ошибка")
    case .nothingYet: .init("nothing yet", "пока пусто")
    case .tags: .init("Tags", "Метки")
    case .fileOf: .init("{file} of {report}", "{file} отчёта {report}")
    case .page: .init("page", "страница")
    case .manifest: .init("manifest", "манифест")
    }
  }

  private static let englishMonths = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
  ]
}
