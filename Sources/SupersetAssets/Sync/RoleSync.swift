import ReportModel

/// What a sync did to one role, or would do.
package struct RoleChange: Hashable, Sendable {
  package var action: AssetChange.Action
  /// As in the definitions.
  package var name: String
  /// As in Superset.
  package var title: String
}

extension SupersetSync {
  /// Makes the roles that may read the datasets of some dashboards, and gives and takes what they may read of these.
  ///
  /// A role of reportgen has the name of the connection in front of its own. What else somebody gave it stays, and so do
  /// its users. It is removed only with `prunes`, and only if it has nothing else.
  /// - Throws: `SupersetFailure`.
  package func makeRoles(
    _ roles: [SupersetRole], isDryRun: Bool, prunes: Bool, _ result: inout SyncResult
  ) async throws {
    let sync = RoleSync(api: api, bundle: bundle)
    let found = try await sync.roles(isNeeded: !roles.isEmpty)
    for role in roles {
      if let action = try await sync.make(role, number: found[role.name], isDryRun: isDryRun) {
        result.roles.append(RoleChange(action: action, name: role.name, title: sync.title(role.name)))
      }
    }
    let defined = Set(roles.map(\.name))
    for (name, number) in found.sorted(by: { $0.key < $1.key }) where !defined.contains(name) {
      let change = try await sync.remove(name, number, isDryRun: isDryRun, prunes: prunes, &result.warnings)
      if let change { result.roles.append(change) }
    }
  }
}

/// Reads and writes roles through the API of Superset's security.
private struct RoleSync {
  let api: SupersetAPI
  let bundle: AssetBundle

  private struct Permission {
    var number: Int
    var name: String
    /// Such as `[reportgen].[sales_daily](id:7)`.
    var object: String

    var readsDataset: Bool { name == "datasource_access" }
  }

  private static let pageSize = 100
  private static let maxPages = 1000

  func title(_ name: String) -> String { "\(bundle.databaseName) \(name)" }

  /// Numbers of the roles of this project, by their names in the definitions.
  ///
  /// - Parameter isNeeded: false: a Superset that does not offer the API has none.
  func roles(isNeeded: Bool) async throws -> [String: Int] {
    let rows: [OrderedJSON]
    do {
      rows = try await all("/api/v1/security/roles/")
    } catch let failure as SupersetFailure where failure.kind != .unavailable {
      guard isNeeded else { return [:] }
      throw SupersetFailure(
        .refused, "Superset does not let its API read roles", detail: failure.diagnostic.detail,
        hint: "Set FAB_ADD_SECURITY_API = True in superset_config.py.")
    }
    let prefix = title("")
    let own = rows.compactMap { row -> (String, Int)? in
      guard let name = row["name"]?.text, name.hasPrefix(prefix), let number = row["id"]?.integer else {
        return nil
      }
      return (String(name.dropFirst(prefix.count)), number)
    }
    return Dictionary(own) { first, _ in first }
  }

  // MARK: Defined roles

  /// - Returns: nil when the role was as it should be.
  func make(_ role: SupersetRole, number: Int?, isDryRun: Bool) async throws -> AssetChange.Action? {
    let wanted = try await permissions(of: role.readDatasets(bundle.dashboards), isDryRun: isDryRun)
    var current: [Permission] = []
    if let number { current = try await permissions(number) }
    let kept = current.filter { !isOurs($0) }.map(\.number)
    let ours = Set(current.filter(isOurs).map(\.number))
    guard number == nil || ours != Set(wanted) else { return nil }
    let action: AssetChange.Action = number == nil ? .created : .updated
    guard !isDryRun else { return action }
    let made: Int
    if let number { made = number } else { made = try await create(title(role.name)) }
    try await api.send(
      "POST", "/api/v1/security/roles/\(made)/permissions",
      .object([("permission_view_menu_ids", .list((kept + wanted).map(OrderedJSON.integer)))]))
    let after = Set(try await permissions(made).map(\.number))
    guard after == Set(kept + wanted) else {
      throw SupersetFailure(
        .refused, "Superset did not give role \"\(title(role.name))\" what it may read",
        hint: "See the server log of Superset.")
    }
    return action
  }

  private func create(_ title: String) async throws -> Int {
    let answer = try await api.send("POST", "/api/v1/security/roles/", .object([("name", .text(title))]))
    guard let number = answer["id"]?.integer else {
      throw SupersetFailure(.refused, "Superset did not create role \"\(title)\"")
    }
    return number
  }

  /// Whether a permission lets somebody read a dataset of this project's connection.
  private func isOurs(_ permission: Permission) -> Bool {
    permission.readsDataset && permission.object.hasPrefix("[\(bundle.databaseName)].[")
  }

  /// Superset's numbers of the permissions to read datasets.
  private func permissions(of datasets: Set<String>, isDryRun: Bool) async throws -> [Int] {
    var ends: Set<String> = []
    for name in datasets.sorted() {
      guard let asset = bundle[AssetName(.dataset, name)] else { continue }
      let lookup = AssetLookup(api: api, project: bundle.databaseName)
      if let number = try await lookup.number(of: asset) { ends.insert("(id:\(number))") }
    }
    let found = try await all("/api/v1/security/permissions-resources/").compactMap(Self.permission)
      .filter { permission in isOurs(permission) && ends.contains { permission.object.hasSuffix($0) } }
    guard found.count == datasets.count || isDryRun else {
      throw SupersetFailure(
        .refused, "Superset has permissions for \(found.count) of \(datasets.count) datasets",
        hint: "See the server log of Superset.")
    }
    return found.map(\.number)
  }

  private func permissions(_ role: Int) async throws -> [Permission] {
    let answer = try await api.get("/api/v1/security/roles/\(role)/permissions/")
    return (answer["result"]?.items ?? []).compactMap { row in
      guard let number = row["id"]?.integer, let name = row["permission_name"]?.text,
        let object = row["view_menu_name"]?.text
      else { return nil }
      return Permission(number: number, name: name, object: object)
    }
  }

  private static func permission(_ row: OrderedJSON) -> Permission? {
    guard let number = row["id"]?.integer, let name = row["permission"]?["name"]?.text,
      let object = row["view_menu"]?["name"]?.text
    else { return nil }
    return Permission(number: number, name: name, object: object)
  }

  private func all(_ path: String) async throws -> [OrderedJSON] {
    var rows: [OrderedJSON] = []
    for page in 0..<Self.maxPages {
      let more = try await api.get(
        "\(path)?q=(order_column:id,order_direction:asc,page:\(page),page_size:\(Self.pageSize))")
      let found = more["result"]?.items ?? []
      rows += found
      if found.isEmpty || rows.count >= more["count"]?.integer ?? 0 { break }
    }
    return rows
  }

  // MARK: Roles that are no longer defined

  func remove(
    _ name: String, _ number: Int, isDryRun: Bool, prunes: Bool, _ warnings: inout [Diagnostic]
  ) async throws -> RoleChange? {
    guard prunes else { return RoleChange(action: .undefined, name: name, title: title(name)) }
    guard try await permissions(number).allSatisfy(isOurs) else {
      warnings.append(
        Diagnostic(
          .warning, "role \(name) is no longer defined, but was not removed: it was given other rights, too",
          hint: "Remove \"\(title(name))\" in Superset."))
      return nil
    }
    if !isDryRun { try await api.send("DELETE", "/api/v1/security/roles/\(number)") }
    return RoleChange(action: .removed, name: name, title: title(name))
  }
}
