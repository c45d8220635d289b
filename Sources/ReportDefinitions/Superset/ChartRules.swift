import ReportModel

/// Which keys each type of chart takes.
///
/// | key            | line, area | bar      | pie      | number   | table    |
/// |----------------|------------|----------|----------|----------|----------|
/// | `x`            | required   | required | required | –        | –        |
/// | `y`            | required   | required | one      | one      | optional |
/// | `columns`      | –          | –        | –        | –        | required |
/// | `series`       | optional   | optional | –        | –        | –        |
/// | `grain`        | optional   | optional | –        | –        | –        |
/// | `stacked`      | optional   | optional | –        | –        | –        |
/// | `logarithmic`  | optional   | optional | –        | –        | –        |
/// | `horizontal`   | –          | optional | –        | –        | –        |
/// | `sort`         | optional   | optional | –        | –        | –        |
/// | `order_by`     | –          | –        | –        | –        | optional |
/// | `limit`        | `series`   | optional | optional | –        | optional |
///
/// Lines and areas take `limit` only with `series`: Superset would leave out points, those of the smallest values.
struct ChartRules {
  let node: YAMLNode
  let place: SourcePlace

  func check(_ findings: inout Findings) {
    guard let type: SupersetChart.Mark = node["type"]?.word() else { return }
    let (required, optional) = Self.keys(of: type)
    for key in required where node[key] == nil {
      findings.add(
        .error, "\"\(type.rawValue)\" needs \"\(key)\"", hint: Self.hints[key], at: node["type"]?.place)
    }
    let known = Set(required + optional + Self.common)
    for entry in node.entries ?? [] where SupersetKeys.chart[entry.key] != nil && !known.contains(entry.key) {
      findings.add(
        .error, "\"\(entry.key)\" does not go with \"type: \(type.rawValue)\"",
        hint: "Keys of this type are \(quotedList(required + optional + Self.common)).", at: entry.keyPlace)
    }
    if type == .line || type == .area, node["series"] == nil, let limit = node.entry("limit") {
      findings.add(
        .error, "\"limit\" of \"\(type.rawValue)\" needs \"series\"",
        hint: "It says how many series stand alone; a single one has all of its points.", at: limit.keyPlace)
    }
    if type == .pie || type == .number, let items = node["y"]?.items, items.count > 1 {
      findings.add(
        .error, "\"\(type.rawValue)\" has one metric", hint: "Add another chart for the other metric.",
        at: items[1].place)
    }
  }

  private static let common = ["type", "title", "description", "filter"]

  private static let hints = [
    "x": "Name the column along the bottom, or of which each value is a slice.",
    "y": "Name a metric, which stands under \"metrics\".",
    "columns": "Name the columns that the table shows.",
  ]

  private static func keys(of type: SupersetChart.Mark) -> (required: [String], optional: [String]) {
    switch type {
    case .line, .area: (["x", "y"], ["series", "grain", "stacked", "logarithmic", "sort", "limit"])
    case .bar: (["x", "y"], ["series", "grain", "stacked", "logarithmic", "horizontal", "sort", "limit"])
    case .pie: (["x", "y"], ["limit"])
    case .number: (["y"], [])
    case .table: (["columns"], ["y", "order_by", "limit"])
    }
  }
}
