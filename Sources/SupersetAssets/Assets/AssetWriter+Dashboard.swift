import ReportModel

extension AssetWriter {
  func dashboard(_ dashboard: Dashboard, _ datasets: [SupersetDataset]) -> Asset {
    let name = AssetName(.dashboard, dashboard.name)
    let certification = Certification(name, owner: dashboard.owner)
    let layout = DashboardLayout(dashboard, writer: self)
    let filters = dashboard.filters.enumerated().map { index, filter in
      FilterWriter(dashboard, datasets, layout).filter(filter, number: index + 1, writer: self)
    }
    return asset(
      name, title: texts[dashboard.title],
      [
        ("dashboard_title", .text(texts[dashboard.title])),
        ("description", .optional(texts[dashboard.description])),
        ("css", .text("")), ("slug", .text(dashboard.name)), ("certified_by", .text(certification.owner)),
        ("certification_details", .text(certification.details)), ("published", .boolean(true)),
        ("position", layout.position),
        (
          "metadata",
          .object([
            ("color_scheme", .text("supersetColors")), ("refresh_frequency", .integer(0)),
            ("expanded_slices", .object([])), ("timed_refresh_immune_slices", .list([])),
            ("cross_filters_enabled", .boolean(true)), ("label_colors", .object([])),
            ("shared_label_colors", .list([])), ("native_filter_configuration", .list(filters)),
          ])
        ), ("is_managed_externally", .boolean(true)),
      ])
  }
}

/// Superset's tree of a dashboard's rows. Each chart has a number, which an import replaces by Superset's own.
struct DashboardLayout {
  let position: OrderedJSON
  let charts: [(number: Int, name: Dashboard.ChartName)]

  init(_ dashboard: Dashboard, writer: AssetWriter) {
    var nodes: [(String, OrderedJSON)] = []
    var children: [OrderedJSON] = []
    var charts: [(number: Int, name: Dashboard.ChartName)] = []
    for (index, row) in dashboard.rows.enumerated() {
      if let title = row.title {
        let id = "HEADER-\(index + 1)"
        children.append(.text(id))
        nodes.append((id, Self.header(id, writer.texts[title])))
      }
      let id = "ROW-\(index + 1)"
      children.append(.text(id))
      var inside: [OrderedJSON] = []
      for (place, width) in zip(row.places, Self.widths(row.places)) {
        let number = charts.count + 1
        charts.append((number, place.chart))
        inside.append(.text("CHART-\(number)"))
        nodes.append(
          (
            "CHART-\(number)",
            Self.chart(number, place.chart, width: width, height: row.height, row: id, writer)
          ))
      }
      nodes.append(
        (
          id,
          Self.node(
            id, "ROW", parents: ["ROOT_ID", "GRID_ID"], children: inside,
            meta: [("background", .text("BACKGROUND_TRANSPARENT"))])
        ))
    }
    let frame: [(String, OrderedJSON)] = [
      ("DASHBOARD_VERSION_KEY", .text("v2")),
      ("ROOT_ID", Self.node("ROOT_ID", "ROOT", parents: nil, children: [.text("GRID_ID")], meta: nil)),
      ("GRID_ID", Self.node("GRID_ID", "GRID", parents: ["ROOT_ID"], children: children, meta: nil)),
      (
        "HEADER_ID",
        .object([
          ("id", .text("HEADER_ID")), ("type", .text("HEADER")),
          ("meta", .object([("text", .text(writer.texts[dashboard.title]))])),
        ])
      ),
    ]
    position = .object(frame + nodes)
    self.charts = charts
  }

  /// The widths of the charts of a row, in twelfths. Charts without a width share the rest; the first ones get one more.
  static func widths(_ places: [Dashboard.Place]) -> [Int] {
    let free = places.filter { $0.width == nil }.count
    let left = 12 - places.compactMap(\.width).reduce(0, +)
    var given = 0
    return places.map { place in
      if let width = place.width { return width }
      given += 1
      return left / free + (given <= left % free ? 1 : 0)
    }
  }

  private static func chart(
    _ number: Int, _ name: Dashboard.ChartName, width: Int, height: Int, row: String, _ writer: AssetWriter
  ) -> OrderedJSON {
    node(
      "CHART-\(number)", "CHART", parents: ["ROOT_ID", "GRID_ID", row], children: [],
      meta: [
        ("chartId", .integer(number)), ("width", .integer(width)), ("height", .integer(height)),
        ("uuid", .text(writer.id(.chart, name.description).description)),
      ])
  }

  private static func header(_ id: String, _ text: String) -> OrderedJSON {
    node(
      id, "HEADER", parents: ["ROOT_ID", "GRID_ID"], children: [],
      meta: [
        ("text", .text(text)), ("headerSize", .text("MEDIUM_HEADER")),
        ("background", .text("BACKGROUND_TRANSPARENT")),
      ])
  }

  private static func node(
    _ id: String, _ type: String, parents: [String]?, children: [OrderedJSON],
    meta: [(String, OrderedJSON)]?
  ) -> OrderedJSON {
    var members: [(String, OrderedJSON)] = [("id", .text(id)), ("type", .text(type))]
    if let parents { members.append(("parents", .list(parents.map(OrderedJSON.text)))) }
    members.append(("children", .list(children)))
    if let meta { members.append(("meta", .object(meta))) }
    return .object(members)
  }
}
