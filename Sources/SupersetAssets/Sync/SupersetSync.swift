import HTTPClient
import ReportModel

/// What a sync did to one asset, or would do.
package struct AssetChange: Hashable, Sendable {
  /// The raw values are part of the command's JSON output.
  package enum Action: String, Hashable, Sendable, CaseIterable {
    case created, updated, removed
    /// No longer defined, and not removed.
    case undefined
  }

  package var action: Action
  package var asset: AssetName
  /// As Superset shows it; nil for an asset that is no longer defined.
  package var title: String?
}

/// What a sync did, or would do.
package struct SyncResult: Sendable {
  /// In the order of the bundle, then the assets that are no longer defined.
  package var changes: [AssetChange] = []
  /// In the order of the definitions, then the roles that are no longer defined.
  package var roles: [RoleChange] = []
  /// The number of assets that were equal.
  package var unchanged = 0
  /// Assets that were not removed because others use them.
  package var warnings: [Diagnostic] = []
}

/// Makes a running Superset's assets equal to a bundle, through its REST API.
///
/// All changes are one import, which Superset executes in one transaction. A sync that was interrupted can be repeated.
package struct SupersetSync: Sendable {
  let api: SupersetAPI
  let bundle: AssetBundle

  /// - Parameter client: its limits apply to each request.
  package init(_ bundle: AssetBundle, url: String, account: SupersetAccount, client: HTTPClient) {
    self.bundle = bundle
    api = SupersetAPI(url: url, account: account, client: client)
  }

  /// Compares all assets, imports the bundle when one differs, and verifies the result.
  ///
  /// - Parameters:
  ///   - isDryRun: whether to compare only.
  ///   - prunes: whether to delete assets that an earlier sync created and that are no longer defined.
  ///   - databasePassword: stored in Superset; nil keeps the stored one.
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

  /// Deletes the dataset and the charts of a report that is no longer defined, as far as an earlier sync created them.
  ///
  /// - Parameter isDryRun: whether to say only what would be deleted.
  /// - Throws: `SupersetFailure`.
  package func retire(_ report: String, isDryRun: Bool) async throws -> SyncResult {
    let inventory = try await AssetInventory(bundle, api: api)
    var result = SyncResult()
    let own = inventory.undefined.filter { $0.name.name == report || $0.name.name.hasPrefix(report + "/") }
      .filter { $0.name.kind == .dataset || $0.name.kind == .chart }
    try await remove(own, deletes: !isDryRun, prunes: true, &result)
    return result
  }

  /// Checks that every asset exists: Superset reports success also for an import that skipped some.
  private func verify(_ changes: [AssetChange]) async throws {
    let now = try await AssetInventory(bundle, api: api)
    let missing = bundle.assets.filter { now.entries[$0.name] == nil }
    guard missing.isEmpty else {
      throw SupersetFailure(
        .refused, "Superset imported the bundle without \(missing[0].name)",
        hint: "See the server log of Superset.")
    }
    for asset in bundle.assets where asset.name.kind == .dashboard {
      guard let number = now.entries[asset.name]?.number else { continue }
      let charts = try await api.get("/api/v1/dashboard/\(number)/charts")["result"]?.items.count ?? 0
      let wanted = asset.content["position"]?.members.filter { $0.1["type"]?.text == "CHART" }.count ?? 0
      guard charts == wanted else {
        throw SupersetFailure(
          .refused, "Superset imported \(asset.name) with \(charts) of its \(wanted) charts",
          hint: "See the server log of Superset.")
      }
    }
  }

  /// Makes Superset read the columns of tables whose definition does not list them.
  private func readIncomplete(_ changes: [AssetChange]) async throws {
    let incomplete = bundle.assets.filter { asset in
      asset.name.kind == .dataset && !bundle.isComplete(asset) && changes.contains { $0.asset == asset.name }
    }
    guard !incomplete.isEmpty else { return }
    let now = try await AssetInventory(bundle, api: api)
    for asset in incomplete {
      guard let number = now.entries[asset.name]?.number else { continue }
      // Superset refuses this before the first run, because the table does not exist.
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
            .warning, "\(entry.name) is no longer defined, but was not removed: \(user) uses it",
            hint: "Remove it there, then run the sync again."))
        continue
      }
      if deletes { try await api.send("DELETE", "/api/v1/\(entry.name.kind.rawValue)/\(entry.number)") }
      removed.append(entry)
      result.changes.append(AssetChange(action: .removed, asset: entry.name))
    }
  }

  /// An asset of another owner that uses this one.
  ///
  /// - Parameter removed: assets that this sync has removed already.
  /// - Returns: kind and title of the user; nil when there is none.
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
