import ReportModel

/// Compares an asset of the bundle with Superset's export of it.
///
/// Superset adds keys, and does not export some of ours. The asset is equal when every key of ours that is exported has our
/// value.
struct AssetComparison {
  /// Keys that Superset does not export.
  private static let hidden: Set<String> = ["is_managed_externally", "allow_csv_upload", "version"]

  /// - Parameter found: Superset's export of the asset.
  static func isEqual(_ wanted: Asset, _ found: OrderedJSON, isComplete: Bool = true) -> Bool {
    wanted.content.members.allSatisfy { key, value in
      if hidden.contains(key) { return true }
      let other = found[key] ?? .null
      switch (wanted.name.kind, key) {
      case (.database, "sqlalchemy_uri"): return value.text.map(plainURI) == other.text.map(plainURI)
      case (.dataset, "columns"):
        return named(value, other, by: "column_name", isComplete: isComplete)
      case (.dataset, "metrics"):
        return named(value, other, by: "metric_name", isComplete: true)
      case (.chart, "query_context"): return isSameQuery(value, other)
      case (.dashboard, "position"): return isSamePosition(value, other)
      case (.dashboard, "metadata"):
        return covers(
          withChartIDs(value, wanted.content["position"]), withChartIDs(parsed(other), found["position"]))
      default: return covers(value, parsed(other))
      }
    }
  }

  /// The URI without the password, which Superset masks, and without percent-encoding, which Superset changes.
  static func plainURI(_ uri: String) -> String {
    let open = uri.replacing(":XXXXXXXXXX@", with: "@")
    return open.removingPercentEncoding ?? open
  }

  // MARK: Parts

  /// Compares columns or metrics by name.
  private static func named(
    _ wanted: OrderedJSON, _ found: OrderedJSON, by key: String, isComplete: Bool
  ) -> Bool {
    let others = Dictionary(found.items.map { ($0[key]?.text ?? "", $0) }) { first, _ in first }
    guard !isComplete || others.count == wanted.items.count else { return false }
    return wanted.items.allSatisfy { item in
      guard let other = others[item[key]?.text ?? ""] else { return false }
      return item.members.allSatisfy { name, value in
        let there = other[name] ?? .null
        return name == "type" ? isSameType(value, there) : covers(value, there)
      }
    }
  }

  /// Compares what Superset makes of two types: it writes them in words of its own when it reads a table.
  private static func isSameType(_ wanted: OrderedJSON, _ found: OrderedJSON) -> Bool {
    guard let wanted = wanted.text, let found = found.text else { return false }
    return TypeClass(wanted).isAlike(TypeClass(found))
  }

  /// Compares everything except the number of the dataset, which Superset assigns.
  private static func isSameQuery(_ wanted: OrderedJSON, _ found: OrderedJSON) -> Bool {
    let (wanted, found) = (parsed(wanted), parsed(found))
    return covers(wanted["queries"] ?? .null, found["queries"] ?? .null)
  }

  /// Compares all nodes, so that a chart that a user has added is a difference.
  private static func isSamePosition(_ wanted: OrderedJSON, _ found: OrderedJSON) -> Bool {
    guard Set(wanted.members.map(\.0)) == Set(found.members.map(\.0)) else { return false }
    return wanted.members.allSatisfy { key, node in
      guard let other = found[key] else { return false }
      return node.members.allSatisfy { name, value in
        name == "meta"
          ? value.members.allSatisfy { $0.0 == "chartId" || covers($0.1, other["meta"]?[$0.0] ?? .null) }
          : covers(value, other[name] ?? .null)
      }
    }
  }

  /// Replaces the numbers of charts in filters, which Superset assigns, by their UUIDs.
  private static func withChartIDs(_ metadata: OrderedJSON, _ position: OrderedJSON?) -> OrderedJSON {
    var ids: [Int: String] = [:]
    for (_, node) in position?.members ?? [] {
      if let number = node["meta"]?["chartId"]?.integer { ids[number] = node["meta"]?["uuid"]?.text }
    }
    return .object(
      metadata.members.map { key, value in
        guard key == "native_filter_configuration" else { return (key, value) }
        return (key, .list(value.items.map { filter(named: ids, $0) }))
      })
  }

  private static func filter(named ids: [Int: String], _ filter: OrderedJSON) -> OrderedJSON {
    .object(
      filter.members.map { key, value in
        guard key == "scope" else { return (key, value) }
        let excluded = value["excluded"]?.items.compactMap { $0.integer.flatMap { ids[$0] } }.sorted() ?? []
        return (
          key,
          .object(
            value.members.map { $0.0 == "excluded" ? ($0.0, .list(excluded.map(OrderedJSON.text))) : $0 })
        )
      })
  }

  // MARK: Values

  /// The JSON value in a text; any other value unchanged.
  private static func parsed(_ value: OrderedJSON) -> OrderedJSON {
    guard let text = value.text, text.hasPrefix("{"),
      let json = try? OrderedJSON(parsing: Array(text.utf8))
    else { return value }
    return json
  }

  /// Whether `found` has the values of `wanted`. Objects may have more keys; null, empty and missing values are equal.
  static func covers(_ wanted: OrderedJSON, _ found: OrderedJSON) -> Bool {
    switch (wanted, found) {
    case (.object(let members), .object): members.allSatisfy { covers($0.1, found[$0.0] ?? .null) }
    case (.list(let items), .list(let others)):
      items.count == others.count && zip(items, others).allSatisfy { covers($0, $1) }
    case (.text(let text), .text(let other)): text == other
    case (.boolean(let value), .boolean(let other)): value == other
    case (.integer(let number), .integer(let other)): number == other
    case (.integer(let number), .decimal(let other)), (.decimal(let other), .integer(let number)):
      Double(number) == other
    case (.decimal(let number), .decimal(let other)): number == other
    default: isNothing(wanted) && isNothing(found)
    }
  }

  private static func isNothing(_ value: OrderedJSON) -> Bool {
    switch value {
    case .null: true
    case .text(let text): text.isEmpty
    case .list(let items): items.isEmpty
    case .object(let members): members.allSatisfy { isNothing($0.1) }
    default: false
    }
  }
}
