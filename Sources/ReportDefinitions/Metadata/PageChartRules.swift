import ReportModel

/// Which keys each type of chart of a page takes, besides `x`, `y`, `title` and `table`.
///
/// | key           | line     | bar      | stacked  | area     | pie      | list     |
/// |---------------|----------|----------|----------|----------|----------|----------|
/// | `series`      | optional | optional | required | optional | –        | –        |
/// | `sort`        | –        | optional | optional | –        | –        | –        |
/// | `missing`     | optional | –        | –        | optional | –        | –        |
/// | `logarithmic` | optional | optional | –        | –        | –        | –        |
/// | `limit`       | –        | –        | –        | –        | up to 7  | optional |
struct PageChartRules {
  let node: YAMLNode

  func check(_ findings: inout Findings) {
    guard let type: HTMLSettings.Chart.Mark = node["type"]?.word() else { return }
    if type == .stacked, node["series"] == nil {
      findings.add(
        .error, "\"stacked\" needs \"series\"", hint: "Name the column whose values stand on each other.",
        at: node["type"]?.place)
    }
    for (key, types, hint) in Self.rules where !types.contains(type) {
      guard let entry = node.entry(key) else { continue }
      findings.add(
        .error, "\"\(key)\" does not go with \"type: \(type.rawValue)\"", hint: hint, at: entry.keyPlace)
    }
    if type == .pie, let limit = node["limit"], (limit.integer ?? 0) > 7 {
      findings.add(
        .error, "a pie has at most 7 slices besides \"other\"",
        hint: "Use \"type: list\" for more; people cannot tell more colours apart.", at: limit.place)
    }
  }

  private typealias Mark = HTMLSettings.Chart.Mark

  private static let rules: [(String, Set<Mark>, String)] = [
    ("series", [.line, .bar, .stacked, .area], "Each value of \"x\" is a slice or a bar; remove it."),
    ("sort", [.bar, .stacked], "Lines and areas follow x, pies and lists the values; remove it."),
    ("missing", [.line, .area], "A bar that has no row is not drawn; remove it."),
    (
      "logarithmic", [.line, .bar], "Lengths that add up need a scale that begins at zero; remove it."
    ),
    ("limit", [.pie, .list], "The others are added up only in a \"pie\" or a \"list\"; remove it."),
  ]
}
