import ReportModel

extension MetadataReader {
  mutating func readExport() {
    guard let node = root["export"], node.entries != nil else { return }
    var export = ExportSettings(csv: nil, html: nil)
    if let csv = node["csv"], csv.entries != nil { export.csv = readCSV(csv) }
    if let html = node["html"], html.entries != nil { export.html = readHTML(html) }
    if let xlsx = node["xlsx"], xlsx.entries != nil {
      export.xlsx = XLSXSettings(totals: xlsx["totals"].map { readTotals($0) })
    }
    if let order = node["order_by"] { export.order = readOrder(order) }
    if let keep = node["keep"]?.integer { export.keep = keep }
    metadata.export = export
  }

  private mutating func readOrder(_ node: YAMLNode) -> ExportSettings.Order {
    guard let items = node.items else { return .none }
    let keys = items.compactMap { item in item.text.map { (ExportSettings.SortKey(written: $0), item.place) }
    }
    for (key, place) in keys { metadata.columnUses.append(.init(name: key.column, place: place)) }
    return .columns(keys.map(\.0))
  }

  private mutating func readCSV(_ node: YAMLNode) -> CSVSettings {
    let excel = node["excel"]?.text
    var csv = CSVSettings.excel.first { $0.key == excel }?.value ?? CSVSettings()
    csv.delimiter = node["delimiter"]?.text ?? csv.delimiter
    csv.bom = node["bom"].map { $0.text == "true" } ?? csv.bom
    csv.lineEnding = node["line_ending"]?.word() ?? csv.lineEnding
    csv.null = node["null"]?.text ?? csv.null
    csv.decimal = node["decimal"]?.word() ?? csv.decimal
    csv.guardFormulas = node["guard_formulas"].map { $0.text == "true" } ?? csv.guardFormulas
    if let null = node["null"],
      csv.null.contains(where: { $0.isNewline || $0 == "\"" || String($0) == csv.delimiter })
    {
      findings.add(
        .error, "\"null\" must not contain the delimiter, a quote or an end of line",
        hint: "Write a text such as \"\\\\N\".", at: null.place)
    }
    return csv
  }

  private mutating func readHTML(_ node: YAMLNode) -> HTMLSettings {
    var html = HTMLSettings()
    html.history = node["history"]?.integer ?? html.history
    html.rows = node["rows"]?.integer ?? html.rows
    for chart in node["charts"]?.items ?? [] {
      if let chart = readChart(chart) { html.charts.append(chart) }
    }
    html.bars = columnNames(node["bars"])
    html.sparklines = columnNames(node["sparklines"])
    if let totals = node["totals"] { html.totals = readTotals(totals) }
    return html
  }

  private mutating func readTotals(_ node: YAMLNode) -> HTMLSettings.Totals {
    .init(
      sum: columnNames(node["sum"]), by: columnNames(node["by"]),
      compare: node["compare"]?.word() ?? .previous)
  }

  private mutating func readChart(_ node: YAMLNode) -> HTMLSettings.Chart? {
    let x = noteColumn(node["x"])
    let y = noteColumn(node["y"])
    let series = noteColumn(node["series"])
    guard let type: HTMLSettings.Chart.Mark = node["type"]?.word(), let x, let y else { return nil }
    PageChartRules(node: node).check(&findings)
    return .init(
      type: type, x: x, y: y, series: series, title: node["title"]?.text, sort: node["sort"]?.word(),
      missing: node["missing"]?.word() ?? .gap, logarithmic: node["logarithmic"]?.text == "true",
      limit: node["limit"]?.integer, table: node["table"].map { $0.text == "true" })
  }
}
