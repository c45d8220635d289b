import Foundation
import ProcessRunner
import ReportModel

extension Sandbox {
  /// Creates both servers and loads the setup files; after an error everything is removed again.
  func create(_ user: ServerUser, _ progress: (String) -> Void) async throws {
    let files = try setupFiles()
    do {
      let folder = try await layout.makeDataDirectory(for: user)
      try PrivateFolder.make(layout.socketDirectory, owner: user)
      let pair = try makePair(folder, user)
      progress("creating the primary")
      try await pair.makePrimary()
      try await pair.primary.start()
      try await createDatabase(pair)
      for file in files {
        progress("loading \(file)")
        try await load(file, pair)
      }
      try Markers(folder).complete(.primary, database: settings.database)
      try await makeReplica(pair, progress)
    } catch {
      // A task of its own, which is not cancelled with this one.
      try? await Task { try await clear() }.value
      throw withoutLog(error)
    }
  }

  /// The log that a hint names has been removed; the detail has its last lines.
  private func withoutLog(_ error: any Error) -> any Error {
    guard var diagnostic = error as? Diagnostic, diagnostic.hint?.hasPrefix("See ") == true else {
      return error
    }
    diagnostic.hint = nil
    return diagnostic
  }

  private func createDatabase(_ pair: ServerPair) async throws {
    _ = try await pair.query(pair.primary, SandboxRoles.create)
    if settings.database != "postgres" {
      _ = try await pair.query(pair.primary, "create database \(SQLQuote.identifier(settings.database))")
    }
    _ = try await pair.query(pair.primary, SandboxRoles.grant(on: settings.database))
  }

  /// Checked before anything is created, so that a wrong name fails at once.
  private func setupFiles() throws -> [String] {
    let hint = "\"sandbox.setup\" in reportgen.yaml names files relative to the project's folder."
    for file in settings.setup {
      if access(path(of: file), R_OK) != 0 {
        throw SystemError(doing: "read setup file \"\(file)\"", code: errno).diagnostic(hint: hint)
      }
      // psql would wait for somebody who writes to a named pipe.
      if let kind = StrangeFile.kind(at: path(of: file)) {
        throw Diagnostic("could not read setup file \"\(file)\": it is a \(kind)", hint: hint)
      }
    }
    return settings.setup
  }

  private func path(of file: String) -> String {
    file.hasPrefix("/") ? file : layout.projectDirectory + "/" + file
  }

  private func load(_ file: String, _ pair: ServerPair) async throws {
    let conninfo = pair.primary.conninfo(user: ServerPair.superuser, database: settings.database)
    // As an option's argument, a name such as -x.sql is not taken for an option.
    let arguments = ["-Xq", "-v", "ON_ERROR_STOP=1", "-d", conninfo, "-f", file]
    let environment = ["PGOPTIONS": "-c client_min_messages=warning"]
    let psql = pair.programs.command(
      "psql", arguments, environment: environment, directory: layout.projectDirectory)
    let result = try await psql.run()
    guard result.status == 0 else { throw SetupError.explain(file: file, psql: result.error) }
  }
}
