import Foundation
import ReportModel

/// Finds assets by their UUID, whatever the version of Superset makes of that.
struct AssetLookup {
  let api: SupersetAPI
  /// The name of the project's connection.
  let project: String

  /// - Returns: Superset's number; nil when there is no such asset.
  func number(of asset: Asset) async throws -> Int? {
    do {
      let filter = "(col:uuid,opr:eq,value:'\(asset.id)')"
      return try await rows(of: asset.name.kind, filters: filter).first?["id"]?.integer
    } catch let failure as SupersetFailure where failure.kind == .refused {
      // Before 6.0 only connections are found by their UUID.
      return try await numberByName(of: asset)
    }
  }

  /// By what Superset itself tells assets apart; charts have nothing of that kind.
  private func numberByName(of asset: Asset) async throws -> Int? {
    for row in try await namesakes(of: asset) {
      if let number = row["id"]?.integer, try await id(of: asset.name.kind, number) == asset.id {
        return number
      }
    }
    return nil
  }

  /// What an import would take over, whoever made it.
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

  /// The export of an asset has its UUID in every version.
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

  /// A text in the notation of Superset's queries.
  private static func rison(_ text: String) -> String {
    "'" + text.replacing("!", with: "!!").replacing("'", with: "!'") + "'"
  }
}
