import Foundation
import HTTPClient
import ReportDefinitions
import ReportModel
import SupersetAssets

/// Where the Superset of the chosen environment is, how it reaches the summary tables, and with which account.
///
/// `REPORTGEN_SUPERSET_*` over reportgen.yaml; the sandbox knows its own database and, while the Superset of
/// `make superset-up` runs, that Superset.
package struct SupersetAccess: Sendable {
  /// Without a slash at the end; nil: there is no Superset.
  package private(set) var url: Setting<String>?
  /// Relative to the project's folder unless absolute.
  package private(set) var credentialsFile: Setting<String>?
  /// A URI of SQLAlchemy without a password.
  package private(set) var databaseURI: Setting<String>?
  /// What Superset calls its connection to the summary tables.
  package let databaseName: String
  /// Whether charts are computed after each publish.
  package let warmsUp: Bool
  /// How long a run waits for it, for all requests together.
  package let timeoutSeconds: Setting<Int>
  /// The most rows that it gives a chart.
  package let maxRows: Int
  /// Who may see which dashboards.
  package let roles: [SupersetRole]
  private let settings: ProjectSettings

  /// - Throws: As `ProjectSettings.environment()`.
  package init(_ settings: ProjectSettings) throws(RunError) {
    self.settings = settings
    let name = settings.environmentName.value
    let isSandbox = name == Project.sandboxName
    let server =
      try isSandbox
      ? settings.project.sandbox.superset : settings.environment().environment.superset
    let prefix = isSandbox ? "sandbox.superset." : "environments.\(name).superset."
    func setting(_ key: String, _ value: String?) -> Setting<String>? {
      value.map { settings.setting(prefix + key, $0) }
    }
    url = setting("url", server.url)
    credentialsFile = setting("credentials", server.credentialsFile)
    databaseURI = setting("database_uri", server.databaseURI)
    databaseName = server.databaseName
    warmsUp = server.warmsUp
    maxRows = server.maxRows
    roles = server.roles
    timeoutSeconds = settings.setting(prefix + "timeout", server.timeoutSeconds)
    if isSandbox { addSandbox() }
    let variables = settings.surroundings
    if let given = variables.setting("REPORTGEN_SUPERSET_URL") {
      let text = given.value.hasSuffix("/") ? String(given.value.dropLast()) : given.value
      url = text.isEmpty ? nil : Setting(text, from: given.source)
    }
    if let given = variables.setting("REPORTGEN_SUPERSET_CREDENTIALS") { credentialsFile = given }
  }

  private mutating func addSandbox() {
    databaseURI =
      databaseURI ?? Setting(settings.sandbox.uri(.primary, user: "superset"), from: .sandbox)
    let own = LocalSuperset(settings.directory.value)
    guard url == nil, let ownURL = own.url else { return }
    url = Setting(ownURL, from: .sandbox)
    credentialsFile = credentialsFile ?? Setting(own.credentialsFile, from: .sandbox)
  }

  // MARK: Server

  /// - Parameter limits: of each request.
  /// - Throws: Status 65 when the environment has no Superset, or no account for it.
  package func connection(limits: HTTPLimits = HTTPLimits(total: .seconds(120))) throws(RunError)
    -> SupersetConnection
  {
    guard let url else {
      let name = settings.environmentName.value
      let hint =
        name == Project.sandboxName
        ? "\"make superset-up\" starts one for the sandbox."
        : "Add superset.url to it in reportgen.yaml, or set REPORTGEN_SUPERSET_URL."
      throw RunError(.definition, Diagnostic("environment \"\(name)\" has no Superset", hint: hint))
    }
    let account = try account()
    do {
      return SupersetConnection(
        url: url.value, account: account, client: try HTTPClient(limits: limits))
    } catch {
      throw RunError(.failed, Diagnostic("\(error)"))
    }
  }

  /// From the variables, or from the file of credentials.
  private func account() throws(RunError) -> SupersetAccount {
    let variables = settings.surroundings.variables
    if let user = variables["REPORTGEN_SUPERSET_USER"],
      let password = variables["REPORTGEN_SUPERSET_PASSWORD"]
    {
      return SupersetAccount(user: user, password: password)
    }
    let form = "It has user:password in its first line."
    guard let file = credentialsFile?.value else {
      throw RunError(
        .definition,
        Diagnostic(
          "no account for Superset is given",
          hint:
            "Set REPORTGEN_SUPERSET_USER and REPORTGEN_SUPERSET_PASSWORD, or name a file of credentials."
        ))
    }
    let path = ProjectSettings.absolute(file, from: settings.directory.value)
    let bytes: [UInt8]
    do {
      bytes = try PlainFile.read(path, limitBytes: 4096)
    } catch {
      throw RunError(
        .definition,
        Diagnostic("could not read the credentials \"\(file)\": \(error.reason)", hint: form))
    }
    guard let account = SupersetAccount(firstLine: String(decoding: bytes, as: UTF8.self)) else {
      throw RunError(.definition, Diagnostic("\"\(file)\" holds no credentials", hint: form))
    }
    return account
  }

  /// The password of the role that Superset connects as; nil where it needs none.
  package var databasePassword: String? {
    settings.surroundings.variables["REPORTGEN_SUPERSET_DATABASE_PASSWORD"].flatMap {
      $0.isEmpty ? nil : $0
    }
  }

  /// - Throws: Status 65 when the environment does not have one.
  package func requiredDatabaseURI() throws(RunError) -> String {
    if let databaseURI { return databaseURI.value }
    let name = settings.environmentName.value
    throw RunError(
      .definition,
      Diagnostic(
        "environment \"\(name)\" does not say how Superset reaches its tables",
        hint: "Add superset.database_uri to it in reportgen.yaml, such as "
          + "postgresql+psycopg2://superset@192.168.88.123/internetshop."))
  }
}

/// A Superset and the account that reportgen uses there.
package struct SupersetConnection: Sendable {
  /// Without a slash at the end.
  package var url: String
  package var account: SupersetAccount
  package var client: HTTPClient
}

/// The files that `make superset-up` writes into the project's own folder while its Superset runs.
struct LocalSuperset {
  private let folder: String

  init(_ projectDirectory: String) { folder = projectDirectory + "/.reportgen/superset" }

  var credentialsFile: String { folder + "/credentials" }

  /// Nil when none was started, or when it was stopped.
  var url: String? {
    guard let bytes = try? PlainFile.read(folder + "/url", limitBytes: 4096) else { return nil }
    let url = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return url.isEmpty ? nil : url
  }
}
