import ReportModel

/// Draws a lineage as SVG: boxes in columns, each a link to where the catalogue describes it.
struct LineageDrawing {
  static let boxWidth = 200
  static let boxHeight = 30
  private static let columnGap = 44
  private static let rowGap = 10
  /// How far a line that passes a column is drawn down.
  private static let depth = 44
  private static let maxLetters = 25

  let lineage: Lineage
  /// The report whose page it is on.
  let own: String
  let words: CatalogueWords

  /// A box's upper left corner, for each node.
  var places: [(x: Int, y: Int)] {
    var places = Array(repeating: (x: 0, y: 0), count: lineage.nodes.count)
    let columns = lineage.columns
    let tallest = columns.map(\.count).max() ?? 0
    let step = Self.boxHeight + Self.rowGap
    for (column, indexes) in columns.enumerated() {
      let top = (tallest - indexes.count) * step / 2
      for (row, index) in indexes.enumerated() {
        places[index] = (1 + column * (Self.boxWidth + Self.columnGap), 1 + top + row * step)
      }
    }
    return places
  }

  func write(into page: XMLWriter) {
    let places = places
    let width = (places.map(\.x).max() ?? 0) + Self.boxWidth + 1
    let hasLong = lineage.edges.contains { span(of: $0) > 1 }
    let height = (places.map(\.y).max() ?? 0) + Self.boxHeight + 1 + (hasLong ? Self.depth / 2 : 0)
    page.element(
      "svg",
      [
        "class": "lineage", "viewBox": "0 0 \(width) \(height)", "width": "\(width)", "height": "\(height)",
        "role": "group", "aria-label": words.lineage,
      ]
    ) {
      for edge in lineage.edges { write(edge, places, into: page) }
      let labels = ShortLabels.make(lineage.nodes.map(\.name), count: Self.maxLetters)
      for (index, node) in lineage.nodes.enumerated() {
        write(node, labels[index], places[index], into: page)
      }
    }
  }

  private func write(_ edge: Lineage.Edge, _ places: [(x: Int, y: Int)], into page: XMLWriter) {
    let (from, to) = (places[edge.from], places[edge.to])
    let (x1, y1) = (from.x + Self.boxWidth, from.y + Self.boxHeight / 2)
    let (x2, y2) = (to.x, to.y + Self.boxHeight / 2)
    let bend = Self.columnGap / 2
    // Below the boxes of the columns between.
    let down = span(of: edge) > 1 ? Self.depth : 0
    page.empty(
      "path",
      [
        "class": "edge",
        "d": "M\(x1) \(y1)C\(x1 + bend) \(y1 + down) \(x2 - bend) \(y2 + down) \(x2) \(y2)",
      ])
  }

  private func span(of edge: Lineage.Edge) -> Int {
    lineage.nodes[edge.to].column - lineage.nodes[edge.from].column
  }

  private func write(
    _ node: Lineage.Node, _ label: String, _ place: (x: Int, y: Int), into page: XMLWriter
  ) {
    let isOwn = node.kind == .report && node.name == own
    func box() {
      page.element(
        "svg",
        [
          "class": isOwn ? "node self" : "node \(node.kind.rawValue)", "x": "\(place.x)", "y": "\(place.y)",
          "width": "\(Self.boxWidth)", "height": "\(Self.boxHeight)",
        ]
      ) {
        page.empty(
          "rect",
          [
            "x": "1", "y": "1", "width": "\(Self.boxWidth - 2)", "height": "\(Self.boxHeight - 2)",
            "rx": node.kind == .source ? "0" : "6",
          ])
        page.element("text", ["x": "10", "y": "19"], text: label)
      }
    }
    guard !isOwn else { return box() }
    let address = CatalogueAddress.fromReportPage(node.kind, node.name)
    page.element("a", ["href": address, "aria-label": "\(words.kind(node.kind)): \(node.name)"], box)
  }
}
