/// What a report is made from and what is made from it, as a graph of columns from left to right.
package struct Lineage: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case source, report, dashboard
  }

  package struct Node: Hashable, Sendable {
    package var kind: Kind
    /// A table, a report's or a dashboard's name.
    package var name: String
    /// From 0; each edge leads to a higher one.
    package var column: Int

    package init(kind: Kind, name: String, column: Int) {
      self.kind = kind
      self.name = name
      self.column = column
    }
  }

  /// From one node to another, by their indexes.
  package struct Edge: Hashable, Sendable {
    package var from: Int
    package var to: Int

    package init(from: Int, to: Int) {
      self.from = from
      self.to = to
    }
  }

  package var nodes: [Node]
  package var edges: [Edge]
  /// How many more there are than the graph shows.
  package var hiddenCount: Int

  package init(nodes: [Node] = [], edges: [Edge] = [], hiddenCount: Int = 0) {
    self.nodes = nodes
    self.edges = edges
    self.hiddenCount = hiddenCount
  }

  /// The indexes of each column's nodes from top to bottom: beside those that they come from, otherwise by name.
  var columns: [[Int]] {
    let count = (nodes.map(\.column).max() ?? -1) + 1
    var columns = (0..<count).map { column in
      nodes.indices.filter { nodes[$0].column == column }.sorted { nodes[$0].name < nodes[$1].name }
    }
    var places: [Int: Double] = [:]
    for column in columns.indices {
      var wanted: [Int: Double] = [:]
      for index in columns[column] {
        let before = edges.filter { $0.to == index }.compactMap { places[$0.from] }
        wanted[index] = before.isEmpty ? .infinity : before.reduce(0, +) / Double(before.count)
      }
      columns[column].sort { left, right in
        (wanted[left]!, nodes[left].name) < (wanted[right]!, nodes[right].name)
      }
      let middle = Double(columns[column].count - 1) / 2
      for (row, index) in columns[column].enumerated() { places[index] = Double(row) - middle }
    }
    return columns
  }
}
