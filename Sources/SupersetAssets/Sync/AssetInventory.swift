import ReportModel
import Yams

/// The assets of a project that Superset has, those that are no longer defined included.
struct AssetInventory {
  struct Entry {
    var name: AssetName
    /// Superset's number of the asset.
    var number: Int
  }

  /// Assets of the bundle, and assets that an earlier bundle has certified.
  private(set) var entries: [AssetName: Entry] = [:]

  private let api: SupersetAPI
  private let bundle: AssetBundle
  private let lookup: AssetLookup

  private static let pageSize = 100
  private static let maxPages = 1000
  private static let certified = [
    AssetName.Kind.dataset: "dataset_is_certified", .chart: "chart_is_certified",
    .dashboard: "dashboard_is_certified",
  ]

  /// - Throws: `SupersetFailure`, also for an asset that an import would overwrite although reportgen did not make it.
  init(_ bundle: AssetBundle, api: SupersetAPI) async throws {
    self.bundle = bundle
    self.api = api
    lookup = AssetLookup(api: api, project: bundle.databaseName)
    for (kind, filter) in Self.certified { try await readCertified(kind, filter) }
    for asset in bundle.assets where entries[asset.name] == nil {
      if let number = try await lookup.number(of: asset) {
        entries[asset.name] = Entry(name: asset.name, number: number)
      } else {
        try await refuseForeign(asset)
      }
    }
  }

  /// Assets that are no longer defined, in the order in which they must be deleted: dashboards, charts, datasets.
  var undefined: [Entry] {
    let order: [AssetName.Kind] = [.dashboard, .chart, .dataset]
    return entries.values.filter { bundle[$0.name] == nil }.sorted { left, right in
      let (one, other) = (
        order.firstIndex(of: left.name.kind) ?? 0, order.firstIndex(of: right.name.kind) ?? 0
      )
      return (one, left.name.name) < (other, right.name.name)
    }
  }

  // MARK: Certified assets

  /// Reads the assets with our certification and the UUID that belongs to it. A user's copy has the certification only.
  private mutating func readCertified(_ kind: AssetName.Kind, _ filter: String) async throws {
    for page in 0..<Self.maxPages {
      let rows = try await lookup.rows(
        of: kind, filters: "(col:id,opr:\(filter),value:!t)",
        more:
          ",order_column:changed_on_delta_humanized,order_direction:asc,page:\(page),page_size:\(Self.pageSize)"
      )
      for row in rows {
        let details = row["certification_details"]?.text ?? Self.certification(of: row)
        guard let name = Certification.name(in: details), name.kind == kind, let number = row["id"]?.integer
        else { continue }
        if try await lookup.isOurs(row, name) { entries[name] = Entry(name: name, number: number) }
      }
      if rows.count < Self.pageSize { return }
    }
  }

  /// The certification of a dataset, which is in the JSON text `extra`.
  private static func certification(of row: OrderedJSON) -> String? {
    let extra = row["extra"]?.text.flatMap {
      try? OrderedJSON(parsing: Array($0.utf8))
    }
    return extra?["certification"]?["details"]?.text
  }

  // MARK: Assets of others

  /// Throws when another asset has the name: an import overwrites assets of the same name as well as of the same UUID.
  private func refuseForeign(_ asset: Asset) async throws {
    guard try await !lookup.namesakes(of: asset).isEmpty else { return }
    switch asset.name.kind {
    case .database:
      throw SupersetFailure(
        .conflict, "Superset has a database \"\(asset.title)\" that reportgen did not make",
        detail: "Nothing was changed.",
        hint: "Set superset.database_name to a name that only this project uses.")
    case .dataset:
      throw SupersetFailure(
        .conflict, "Superset has a dataset \"\(asset.title)\" that reportgen did not make",
        detail: "It belongs to database \"\(bundle.databaseName)\". Nothing was changed.",
        hint: "Delete it, or set superset.database_name to a name that only this project uses.")
    case .dashboard:
      throw SupersetFailure(
        .conflict, "Superset has a dashboard at \"\(asset.name.name)\" that reportgen did not make",
        detail: "Nothing was changed.",
        hint: "Rename \(asset.name.name).yaml, or change the slug of the other dashboard in its properties.")
    case .chart: break
    }
  }

  // MARK: Contents

  /// Superset's exports of the bundle's assets, by UUID. Assets that Superset does not have are missing.
  func contents() async throws -> [AssetID: OrderedJSON] {
    var found: [AssetID: OrderedJSON] = [:]
    for kind in [AssetName.Kind.dashboard, .chart, .dataset] {
      let numbers = bundle.assets.filter { $0.name.kind == kind && found[$0.id] == nil }
        .compactMap { entries[$0.name]?.number }
      if !numbers.isEmpty { try await export(kind, numbers, &found) }
    }
    return found
  }

  private func export(_ kind: AssetName.Kind, _ numbers: [Int], _ found: inout [AssetID: OrderedJSON])
    async throws
  {
    let list = numbers.map(String.init).joined(separator: ",")
    let archive = try await api.download("/api/v1/\(kind.rawValue)/export/?q=!(\(list))")
    let files: [(path: String, bytes: [UInt8])]
    do throws(ZIPReader.Failure) {
      files = try ZIPReader.files(of: archive)
    } catch {
      throw SupersetFailure(.refused, "could not read Superset's export: \(error)")
    }
    for file in files where file.path.hasSuffix(".yaml") {
      guard let content = try? OrderedJSON(yaml: String(decoding: file.bytes, as: UTF8.self)) else {
        throw SupersetFailure(.refused, "could not read Superset's export: it is not YAML")
      }
      if let id = content["uuid"]?.text { found[AssetID(id)] = content }
    }
  }
}

extension OrderedJSON {
  struct TooManyValues: Error {}

  /// Converts YAML from an export of Superset.
  ///
  /// - Throws: `TooManyValues` for a text whose aliases multiply: 300 bytes can stand for 9^9 values.
  init(yaml: String) throws {
    guard let node = try Yams.compose(yaml: yaml) else {
      self = .null
      return
    }
    var left = 100_000
    self = try OrderedJSON(node, &left)
  }

  /// - Parameter left: how many more values there may be.
  private init(_ node: Node, _ left: inout Int) throws {
    left -= 1
    guard left >= 0 else { throw TooManyValues() }
    switch node {
    case .mapping(let mapping):
      var members: [(String, OrderedJSON)] = []
      for (key, value) in mapping { members.append((key.string ?? "", try OrderedJSON(value, &left))) }
      self = .object(members)
    case .sequence(let sequence):
      var items: [OrderedJSON] = []
      for node in sequence { items.append(try OrderedJSON(node, &left)) }
      self = .list(items)
    default:
      if node.null != nil {
        self = .null
      } else if let value = node.bool {
        self = .boolean(value)
      } else if let value = node.int {
        self = .integer(value)
      } else if let value = node.float {
        self = .decimal(value)
      } else {
        self = .text(node.string ?? "")
      }
    }
  }
}
