import HTTPClient
import ReportModel

/// What a sync did, or would do, to one asset.
package struct AssetChange: Hashable, Sendable {
  package enum Action: String, Hashable, Sendable, CaseIterable {
    case created, updated, removed
    /// No longer defined, and still there.
    case undefined
  }

  package var action: Action
  package var asset: AssetName
  package var title: String?
}

package struct SyncResult: Sendable {
  package var changes: [AssetChange] = []
  package var unchanged = 0
  package var warnings: [Diagnostic] = []
}

/// Brings a running Superset to what a bundle says, through its REST API and nothing else.
///
/// Everything is changed by one import, which Superset does wholly or not at all; so whatever interrupts it, the next
/// sync begins anew.
package struct SupersetSync: Sendable {
  private let api: SupersetAPI
  private let bundle: AssetBundle

  package init(_ bundle: AssetBundle, url: String, account: SupersetAccount, client: HTTPClient) {
    self.bundle = bundle
    api = SupersetAPI(url: url, account: account, client: client)
  }

  /// - Parameters:
  ///   - isDryRun: nothing is changed.
  ///   - prunes: what the project once made and no longer defines is deleted.
  ///   - databasePassword: Superset keeps it; nil leaves the one it has.
  /// - Throws: `SupersetFailure`.
  package func run(isDryRun: Bool = false, prunes: Bool = false, databasePassword: String? = nil) async throws
    -> SyncResult
  {
    let inventory = try await AssetInventory(bundle, api: api)
    let found = try await inventory.contents()
    var result = SyncResult()
    for asset in bundle.assets {
      if let content = found[asset.id] {
        if AssetComparison.isEqual(asset, content, isComplete: bundle.isComplete(asset)) {
          result.unchanged += 1
        } else {
          result.changes.append(AssetChange(action: .updated, asset: asset.name, title: asset.title))
        }
      } else {
        result.changes.append(AssetChange(action: .created, asset: asset.name, title: asset.title))
      }
    }
    if !isDryRun, !result.changes.isEmpty {
      let stored = found.values.contains { ($0["sqlalchemy_uri"]?.text ?? "").contains(":XXXXXXXXXX@") }
      let upload = BundleUpload(bundle, hasPassword: stored || databasePassword != nil, databasePassword)
      try await upload.send(to: api)
      try await verify(result.changes)
      try await readIncomplete(result.changes)
    }
    try await remove(inventory.undefined, deletes: prunes && !isDryRun, prunes: prunes, &result)
    return result
  }

  /// An import that leaves something out says that it went well.
  private func verify(_ changes: [AssetChange]) async throws {
    let now = try await AssetInventory(bundle, api: api)
    let missing = bundle.assets.filter { now.entries[$0.name] == nil }
    guard missing.isEmpty else {
      throw SupersetFailure(
        .refused, "Superset took the bundle, but does not have \(missing[0].name)",
        hint: "Its server log says why.")
    }
    for asset in bundle.assets where asset.name.kind == .dashboard {
      guard let number = now.entries[asset.name]?.number else { continue }
      let charts = try await api.get("/api/v1/dashboard/\(number)/charts")["result"]?.items.count ?? 0
      let wanted = asset.content["position"]?.members.filter { $0.1["type"]?.text == "CHART" }.count ?? 0
      guard charts == wanted else {
        throw SupersetFailure(
          .refused, "Superset took the bundle, but \(asset.name) has \(charts) of its \(wanted) charts",
          hint: "Its server log says why.")
      }
    }
  }

  /// Of a table whose columns the definition does not list, Superset reads them itself.
  private func readIncomplete(_ changes: [AssetChange]) async throws {
    let incomplete = bundle.assets.filter { asset in
      asset.name.kind == .dataset && !bundle.isComplete(asset) && changes.contains { $0.asset == asset.name }
    }
    guard !incomplete.isEmpty else { return }
    let now = try await AssetInventory(bundle, api: api)
    for asset in incomplete {
      guard let number = now.entries[asset.name]?.number else { continue }
      // Before the first run there is no table to read.
      do {
        try await api.send("PUT", "/api/v1/dataset/\(number)/refresh")
      } catch let failure as SupersetFailure where failure.kind == .refused {
        continue
      }
    }
  }

  // MARK: Removing

  private func remove(
    _ undefined: [AssetInventory.Entry], deletes: Bool, prunes: Bool, _ result: inout SyncResult
  ) async throws {
    var removed: [AssetInventory.Entry] = []
    for entry in undefined {
      guard prunes else {
        result.changes.append(AssetChange(action: .undefined, asset: entry.name))
        continue
      }
      if let user = try await foreignUser(of: entry, without: removed) {
        result.warnings.append(
          Diagnostic(
            .warning, "\(entry.name) is no longer defined, but stays: \(user) uses it",
            hint: "Remove it there, then run the sync again."))
        continue
      }
      if deletes { try await api.send("DELETE", "/api/v1/\(entry.name.kind.rawValue)/\(entry.number)") }
      removed.append(entry)
      result.changes.append(AssetChange(action: .removed, asset: entry.name))
    }
  }

  /// - Parameter removed: what is gone already; a chart that stays keeps its dataset.
  /// - Returns: what would break, in words; nil when nothing would.
  private func foreignUser(of entry: AssetInventory.Entry, without removed: [AssetInventory.Entry])
    async throws
    -> String?
  {
    func isRemoved(_ kind: AssetName.Kind, _ number: Int?) -> Bool {
      removed.contains { $0.name.kind == kind && $0.number == number }
    }
    switch entry.name.kind {
    case .dataset:
      let related = try await api.get("/api/v1/dataset/\(entry.number)/related_objects")
      let charts = related["charts"]?["result"]?.items ?? []
      return charts.first { !isRemoved(.chart, $0["id"]?.integer) }.map {
        "chart \"\($0["slice_name"]?.text ?? "")\""
      }
    case .chart:
      let dashboards =
        try await api.get("/api/v1/chart/\(entry.number)")["result"]?["dashboards"]?.items ?? []
      return dashboards.first { !isRemoved(.dashboard, $0["id"]?.integer) }.map {
        "dashboard \"\($0["dashboard_title"]?.text ?? "")\""
      }
    case .dashboard, .database: return nil
    }
  }
}
