import PostgresClient
import ReportModel

/// Reads `reportgen.yaml`.
struct ProjectReader {
  private let root: YAMLNode
  private(set) var findings: Findings
  private(set) var project = Project()

  init(_ root: YAMLNode, file: String) {
    self.root = root
    self.findings = Findings(file: file)
  }

  /// - Parameter exists: whether a file of the project exists.
  mutating func read(exists: (String) -> Bool) {
    var checker = ShapeChecker(findings: findings)
    checker.check(root, ProjectKeys.root)
    findings = checker.findings
    project.timezone = root["timezone"]?.text ?? project.timezone
    project.output = root["output"]?.text ?? project.output
    project.maxCatchUp = root["max_catch_up"]?.integer ?? project.maxCatchUp
    project.differenceFrom = root["difference_from"]?.integer ?? project.differenceFrom
    project.expectWithinSeconds = root["expect_within"]?.text.flatMap(Duration.seconds(ofAge:))
    project.metricsFile = root["metrics_file"]?.text
    project.onSuccess = hook(root["on_success"])
    project.onFailure = hook(root["on_failure"])
    project.hookTimeoutSeconds = seconds(root["hook_timeout"]) ?? project.hookTimeoutSeconds
    project.locale = root["locale"]?.text
    project.searchPath = root["search_path"]?.texts ?? []
    project.workbooks = (root["workbooks"]?.entries ?? []).map { entry in
      Project.Workbook(name: entry.key, reports: entry.value.texts)
    }
    readSandbox(exists)
    for entry in root["environments"]?.entries ?? [] {
      if let environment = readEnvironment(entry) { project.environments.append(environment) }
    }
    readDefaultEnvironment()
    recordPlaces(root, below: "")
  }

  private mutating func recordPlaces(_ node: YAMLNode, below path: String) {
    for entry in node.entries ?? [] where !entry.value.isNull {
      project.places[path + entry.key] = entry.keyPlace
      recordPlaces(entry.value, below: path + entry.key + ".")
    }
  }

  private mutating func readSandbox(_ exists: (String) -> Bool) {
    guard let node = root["sandbox"] else { return }
    project.sandbox.database = node["database"]?.text ?? project.sandbox.database
    project.sandbox.setup = node["setup"]?.texts ?? []
    project.sandbox.postgres = node["postgres"]?.text
    project.sandbox.superset = readSuperset(node["superset"])
    for item in node["setup"]?.items ?? [] {
      guard let file = item.text, !exists(file) else { continue }
      findings.add(
        .error, "file \"\(excerpt(file))\" does not exist",
        hint: "Names are relative to the project's folder.",
        at: item.place)
    }
  }

  private mutating func readEnvironment(_ entry: YAMLEntry) -> Project.Environment? {
    let node = entry.value
    guard node.entries != nil else { return nil }
    var environment = Project.Environment(name: entry.key)
    environment.replica = readConnection(node["replica"])
    environment.primary = readConnection(node["primary"])
    environment.owner = node["owner"]?.text
    environment.confirm = node["confirm"]?.word() ?? environment.confirm
    environment.lagging = node["on_lag"]?["then"]?.word() ?? environment.lagging
    environment.lagWaitSeconds = seconds(node["on_lag"]?["wait"]) ?? environment.lagWaitSeconds
    environment.confirmWaitSeconds = seconds(node["confirm_wait"]) ?? environment.confirmWaitSeconds
    environment.reconnectWaitSeconds = seconds(node["reconnect_wait"]) ?? environment.reconnectWaitSeconds
    environment.statementTimeoutSeconds =
      seconds(node["statement_timeout"]) ?? environment.statementTimeoutSeconds
    environment.searchPath = node["search_path"]?.texts
    environment.locale = node["locale"]?.text
    environment.patroni = node["patroni"]?.texts ?? []
    environment.etcd = node["etcd"]?.texts ?? []
    if let tls = node["cluster_tls"] {
      environment.clusterTLS = Project.Environment.ClusterTLS(
        ca: tls["ca"]?.text, certificate: tls["certificate"]?.text, key: tls["key"]?.text)
    }
    environment.certificates = node["certificates"]?.texts ?? []
    if let backup = node["backup"], let info = hook(backup["info"]) {
      environment.backup = Project.Environment.Backup(info: info)
      if let age = backup["max_age"]?.text.flatMap(Duration.seconds(ofAge:)) {
        environment.backup?.maxAgeSeconds = age
      }
    }
    environment.superset = readSuperset(node["superset"])
    if !environment.hasReplica { refuseReplicaKeys(node) }
    return environment
  }

  /// Without a replica reports are read on the primary, and what it has is confirmed.
  private mutating func refuseReplicaKeys(_ node: YAMLNode) {
    for key in ["on_lag", "confirm", "confirm_wait"] {
      guard let entry = node.entry(key) else { continue }
      findings.add(
        .error, "\"\(key)\" does not go with \"replica: none\"",
        hint: "There is no replica to wait for; remove it.",
        at: entry.keyPlace)
    }
  }

  private func hook(_ node: YAMLNode?) -> HookCommand? {
    guard let node else { return nil }
    return node.items == nil ? node.text.map(HookCommand.shell) : .program(node.texts)
  }

  private func seconds(_ node: YAMLNode?) -> Int? { node?.text.flatMap(Duration.seconds(written:)) }

  private mutating func readConnection(_ node: YAMLNode?) -> String? {
    guard let node, let text = node.text else { return nil }
    if Conninfo.holdsPassword(text) {
      findings.add(
        .error, "connection string holds a password", hint: "Passwords belong in .pgpass or a service file.",
        at: node.place)
      return nil
    }
    return text
  }

  private mutating func readSuperset(_ node: YAMLNode?) -> SupersetServer {
    var server = SupersetServer()
    guard let node, node.entries != nil else { return server }
    server.url = node["url"]?.text
    server.databaseURI = readURI(node["database_uri"])
    server.databaseName = node["database_name"]?.text ?? server.databaseName
    server.credentialsFile = node["credentials"]?.text
    server.warmsUp = node["warm_up"]?.text == "true"
    server.timeoutSeconds = seconds(node["timeout"]) ?? server.timeoutSeconds
    server.maxRows = node["max_rows"]?.integer ?? server.maxRows
    server.roles = (node["roles"]?.entries ?? []).map { entry in
      let value = entry.value
      return SupersetRole(
        name: entry.key, dashboards: value.items == nil ? value["dashboards"]?.texts ?? [] : value.texts,
        datasets: value["datasets"]?.texts ?? [])
    }
    return server
  }

  private mutating func readURI(_ node: YAMLNode?) -> String? {
    guard let node, let text = node.text else { return nil }
    guard text.hasPrefix("postgresql") else {
      findings.add(
        .error, "\"database_uri\" must begin with \"postgresql\"",
        hint:
          "Write a URI of SQLAlchemy, such as postgresql+psycopg2://superset@192.168.88.123/internetshop.",
        at: node.place)
      return nil
    }
    let plain = text.firstRange(of: "://").map { "postgresql" + text[$0.lowerBound...] } ?? text
    if Conninfo.holdsPassword(plain) {
      findings.add(
        .error, "connection string holds a password",
        hint: "REPORTGEN_SUPERSET_DATABASE_PASSWORD gives it to Superset once, which keeps it encrypted.",
        at: node.place)
      return nil
    }
    return text
  }

  private mutating func readDefaultEnvironment() {
    guard let node = root["default_env"], let name = node.text else { return }
    let names = (root["environments"]?.entries ?? []).map(\.key) + [Project.sandboxName]
    if !names.contains(name) {
      findings.add(
        .error, "environment \"\(excerpt(name))\" is not defined",
        hint: Suggestion.hint(for: name, among: names) ?? "Environments are \(quotedList(names)).",
        at: node.place)
    }
    project.defaultEnvironment = name
  }
}
