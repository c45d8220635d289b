import Foundation
import HTTPClient
import ReportDefinitions
import ReportModel
import Sandbox
import SupersetAssets

/// What the commands about Superset know beside the project: its settings, and what the project defines there.
struct SupersetContext {
  let context: ProjectContext
  let server: SupersetServer

  init(_ context: ProjectContext) throws {
    self.context = context
    server = try Self.server(context)
  }

  /// `REPORTGEN_SUPERSET_*` over file over default; the sandbox knows its own database and, once `make superset-up` has
  /// started it, its own Superset.
  private static func server(_ context: ProjectContext) throws -> SupersetServer {
    let variables = ProcessInfo.processInfo.environment
    var server = try context.environment().superset
    if context.environmentName == Project.sandboxName {
      server = context.project.sandbox.superset
      server.databaseURI = server.databaseURI ?? context.sandbox.uri(.primary, user: "superset")
      let own = LocalSuperset(context.directory)
      if server.url == nil, let url = own.url {
        server.url = url
        server.credentialsFile = server.credentialsFile ?? own.credentialsFile
      }
    }
    if let url = variables["REPORTGEN_SUPERSET_URL"] {
      server.url = url.isEmpty ? nil : String(url.hasSuffix("/") ? url.dropLast() : url[...])
    }
    if let file = variables["REPORTGEN_SUPERSET_CREDENTIALS"] { server.credentialsFile = file }
    return server
  }

  // MARK: Server

  /// - Throws: `Ending` 65 when the environment names none, or no account.
  func connection(limits: HTTPLimits = HTTPLimits(total: .seconds(120))) throws -> SupersetConnection {
    guard let url = server.url else {
      let name = context.environmentName
      let hint =
        name == Project.sandboxName
        ? "\"make superset-up\" starts one for the sandbox."
        : "Add superset.url to it in reportgen.yaml, or set REPORTGEN_SUPERSET_URL."
      throw end([Diagnostic("environment \"\(name)\" has no Superset", hint: hint)], .definition)
    }
    do {
      return SupersetConnection(url: url, account: try account(), client: try HTTPClient(limits: limits))
    } catch let error as HTTPError {
      throw end([Diagnostic("\(error)")], .failed)
    }
  }

  /// From the environment's variables, or from the file of credentials.
  private func account() throws -> SupersetAccount {
    let variables = ProcessInfo.processInfo.environment
    if let user = variables["REPORTGEN_SUPERSET_USER"],
      let password = variables["REPORTGEN_SUPERSET_PASSWORD"]
    {
      return SupersetAccount(user: user, password: password)
    }
    let form = "It has user:password in its first line."
    guard let file = server.credentialsFile else {
      throw end(
        [
          Diagnostic(
            "no account for Superset is given",
            hint:
              "Set REPORTGEN_SUPERSET_USER and REPORTGEN_SUPERSET_PASSWORD, or name a file of credentials.")
        ], .definition)
    }
    let path = URL(filePath: file, relativeTo: URL(filePath: context.directory + "/")).path
    guard let data = FileManager.default.contents(atPath: path), data.count < 4096 else {
      throw end([Diagnostic("could not read the credentials \"\(file)\"", hint: form)], .definition)
    }
    guard let account = SupersetAccount(firstLine: String(decoding: data, as: UTF8.self)) else {
      throw end([Diagnostic("\"\(file)\" holds no credentials", hint: form)], .definition)
    }
    return account
  }

  var databasePassword: String? {
    ProcessInfo.processInfo.environment["REPORTGEN_SUPERSET_DATABASE_PASSWORD"].flatMap {
      $0.isEmpty ? nil : $0
    }
  }

  // MARK: Assets

  /// - Throws: `Ending` 65 with every mistake of reports, dashboards and translations.
  func bundle() throws -> AssetBundle {
    let reports = context.loader.loadReports(context.project)
    let dashboards = context.loader.loadDashboards(reports)
    guard !reports.hasErrors, !dashboards.hasErrors else {
      throw end(reports.diagnostics + dashboards.diagnostics, .definition)
    }
    return try bundle(reports.value, dashboards.value)
  }

  /// - Parameter isSilent: says nothing of texts that are not translated.
  func bundle(_ reports: [Report], _ dashboards: [Dashboard], isSilent: Bool = false) throws -> AssetBundle {
    let used = AssetBundle.texts(reports: reports, dashboards: dashboards)
    let texts = context.loader.loadTexts(context.project.locale, used: used)
    guard !texts.hasErrors else { throw end(texts.diagnostics, .definition) }
    if !isSilent { Console.report(texts.diagnostics) }
    return AssetBundle(
      reports: reports, dashboards: dashboards, databaseName: server.databaseName,
      databaseURI: try databaseURI(), texts: texts.value)
  }

  private func databaseURI() throws -> String {
    if let uri = server.databaseURI { return uri }
    let name = context.environmentName
    throw end(
      [
        Diagnostic(
          "environment \"\(name)\" does not say how Superset reaches its tables",
          hint: "Add superset.database_uri to it in reportgen.yaml, such as "
            + "postgresql+psycopg2://superset@192.168.88.123/internetshop.")
      ], .definition)
  }
}

/// A Superset and who asks it.
struct SupersetConnection {
  var url: String
  var account: SupersetAccount
  var client: HTTPClient
}

extension SupersetFailure {
  var status: ExitStatus {
    switch kind {
    case .unavailable: .unavailable
    case .account: .definition
    case .refused, .conflict: .failed
    }
  }
}

/// What `make superset-up` leaves in the project's own folder while its Superset runs.
struct LocalSuperset {
  private let folder: String

  init(_ projectDirectory: String) { folder = projectDirectory + "/.reportgen/superset" }

  var credentialsFile: String { folder + "/credentials" }

  /// Nil when none was started, or when it was stopped.
  var url: String? {
    guard let text = try? String(contentsOfFile: folder + "/url", encoding: .utf8) else { return nil }
    let url = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return url.isEmpty ? nil : url
  }
}
