import ReportModel

/// Which keys of a page go with the report's materialization and period.
struct PageRules {
  let root: YAMLNode
  let metadata: Metadata

  func check(_ findings: inout Findings) {
    checkSparklines(&findings)
    checkComparison(&findings)
  }

  private func isByInterval(_ value: Materialization, _ period: Period) -> Bool {
    [.incremental, .append].contains(value.kind) && value.timeColumn != nil && period != .none
  }

  private func checkSparklines(_ findings: inout Findings) {
    guard let value = metadata.materialization, let period = metadata.period,
      let entry = root["export"]?["html"]?.entry("sparklines")
    else { return }
    let keys = value.uniqueKey.filter { $0 != value.timeColumn }
    guard !isByInterval(value, period) || keys.isEmpty else { return }
    findings.add(
      .error, "\"sparklines\" needs a page of one interval, and a key besides the time column",
      hint: "A row's history is that of the other columns of \"unique_key\"; remove it.",
      at: entry.keyPlace)
  }

  private func checkComparison(_ findings: inout Findings) {
    guard let value = metadata.materialization, let period = metadata.period,
      let entry = root["export"]?["html"]?["totals"]?.entry("compare"),
      let compare: HTMLSettings.Totals.Compare = entry.value.word(), compare != .none
    else { return }
    if !isByInterval(value, period) {
      findings.add(
        .error, "\"compare\" needs a page of one interval",
        hint: "Pages of \"incremental\", and of \"append\" with \"time_column\", show one; remove it.",
        at: entry.keyPlace)
    } else if compare == .weekday, period != .day {
      findings.add(
        .error, "\"compare: weekday\" needs \"period: day\"",
        hint: "Use \"previous\" or \"year\" for intervals of a \(period.rawValue).", at: entry.keyPlace)
    }
  }
}
