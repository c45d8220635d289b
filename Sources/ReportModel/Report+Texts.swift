extension Report {
  /// The texts of the definition that its pages show, in any order.
  package var pageTexts: [String] {
    var texts: [String?] = [title, description]
    for column in columns { texts += [column.title, column.description, column.unit] }
    texts += (export.html?.charts ?? []).map(\.title)
    return texts.compactMap(\.self)
  }

  /// The report as its pages show it, in a language. Only for showing: comments in the database stay as written.
  package func translated(by texts: Texts) -> Report {
    var report = self
    report.title = texts[title]
    report.description = texts[description]
    for index in report.columns.indices {
      report.columns[index].title = texts[columns[index].title]
      report.columns[index].description = texts[columns[index].description]
      report.columns[index].unit = texts[columns[index].unit]
    }
    for index in (report.export.html?.charts ?? []).indices {
      report.export.html?.charts[index].title = texts[export.html?.charts[index].title]
    }
    return report
  }
}
