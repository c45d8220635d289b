import Foundation
import ReportModel

/// Finds assets by UUID, in versions of Superset with and without a filter for it.
struct AssetLookup {
  let api: SupersetAPI
  /// The name of the project's connection.
  let project: String

  /// Superset's number of an asset.
  ///
  /// - Returns: nil when Superset does not have it.
  /// - Throws: `SupersetFailure`.
  func number(of asset: Asset) async throws -> Int? {
    do {
      let filter = "(col:uuid,opr:eq,value:'\(asset.id)')"
      return try await rows(of: asset.name.kind, filters: filter).first?["id"]?.integer
    } catch let failure as SupersetFailure where failure.kind == .refused {
      // Before 6.0 only database connections can be filtered by UUID.
      return try await numberByName(of: asset)
    }
  }

  /// Finds the asset by its unique name, then compares the UUID. Names of charts are not unique.
  private func numberByName(of asset: Asset) async throws -> Int? {
    for row in try await namesakes(of: asset) {
      if let number = row["id"]?.integer, try await id(of: asset.name.kind, number) == asset.id {
        return number
      }
    }
    return nil
  }

  /// The assets with the same unique name, which an import would overwrite.
  func namesakes(of asset: Asset) async throws -> [OrderedJSON] {
    func filter(_ key: String) -> String {
      "(col:\(key),opr:eq,value:\(Self.rison(asset.content[key]?.text ?? "")))"
    }
    switch asset.name.kind {
    case .database: return try await rows(of: .database, filters: filter("database_name"))
    case .dataset:
      return try await rows(of: .dataset, filters: filter("table_name") + "," + filter("schema"))
        .filter { $0["database"]?["database_name"]?.text == project }
    case .dashboard: return try await rows(of: .dashboard, filters: filter("slug"))
    case .chart: return []
    }
  }

  func isOurs(_ row: OrderedJSON, _ name: AssetName) async throws -> Bool {
    if let id = row["uuid"]?.text { return AssetID(id) == name.id(in: project) }
    guard let number = row["id"]?.integer else { return false }
    return try await id(of: name.kind, number) == name.id(in: project)
  }

  /// The UUID of an asset, from its export, which contains it in every version of Superset.
  private func id(of kind: AssetName.Kind, _ number: Int) async throws -> AssetID? {
    let archive = try await api.download("/api/v1/\(kind.rawValue)/export/?q=!(\(number))")
    let files = (try? ZIPReader.files(of: archive)) ?? []
    guard let file = files.first(where: { $0.path.contains("/\(kind.rawValue)s/") }) else { return nil }
    let content = try? OrderedJSON(yaml: String(decoding: file.bytes, as: UTF8.self))
    return content?["uuid"]?.text.map(AssetID.init)
  }

  func rows(of kind: AssetName.Kind, filters: String, more: String = "") async throws -> [OrderedJSON] {
    let query = "(filters:!(\(filters))\(more))"
    let allowed = CharacterSet.urlQueryAllowed.subtracting(["+", "&", "#"])
    let escaped = query.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    return try await api.get("/api/v1/\(kind.rawValue)/?q=\(escaped)")["result"]?.items ?? []
  }

  /// A string in Rison, the notation of Superset's query parameters.
  private static func rison(_ text: String) -> String {
    "'" + text.replacing("!", with: "!!").replacing("'", with: "!'") + "'"
  }
}
