import ReportModel

/// What a chart's description says of a limit, so that nobody takes a part for the whole.
enum LimitNote {
  /// - Returns: nil for a chart that shows everything.
  static func text(_ chart: SupersetChart, of dataset: SupersetDataset, _ texts: Texts) -> String? {
    guard let limit = chart.limit else { return nil }
    let isRussian = texts.locale?.hasPrefix("ru") ?? false
    let metric = chart.y.first.flatMap { name in dataset.settings.metric(name).map { $0.title ?? name } }
    let title = metric.map { texts[$0] } ?? ""
    switch (chart.type, chart.series) {
    case (.table, _):
      return isRussian ? "Первые строки, не более \(limit)." : "The first \(limit) rows at most."
    case (.bar, nil), (.line, nil), (.area, nil):
      if chart.sort == .x {
        return isRussian ? "Первые, не более \(limit)." : "The first \(limit) at most."
      }
      return isRussian
        ? "Самые большие по «\(title)», не более \(limit)." : "The \(limit) largest by \(title) at most."
    case (.line, _), (.area, _), (.bar, _), (.pie, _):
      return isRussian
        ? "Отдельно – самые большие по «\(title)», не более \(limit); остальные вместе – «Others» (до Superset 6 их нет)."
        : "The \(limit) largest by \(title) at most; the rest together as Others (left out before Superset 6)."
    case (.number, _): return nil
    }
  }
}
