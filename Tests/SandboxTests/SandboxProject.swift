import Foundation
import ReportModel
import Sandbox
import TestSupport
import Testing

/// A project folder of one test, with setup files and a sandbox.
struct SandboxProject {
  let folder: String
  let settings: Project.SandboxSettings
  let timezone: String

  var sandbox: Sandbox { Sandbox(projectDirectory: folder, settings: settings, timezone: timezone) }

  func sql(_ sql: String, on server: Sandbox.Server = .primary, user: String = "postgres") throws -> String {
    try psql(sandbox.conninfo(server, user: user), sql)
  }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  /// All that a sandbox may leave behind, apart from the lock.
  var remains: [String] {
    let layout = sandbox.layout
    let outside = "/var/tmp/" + URL(fileURLWithPath: layout.socketDirectory).lastPathComponent
    let folders = [layout.projectDirectory + "/.reportgen/sandbox", layout.socketDirectory, outside]
    return folders.filter { (try? FileManager.default.attributesOfItem(atPath: $0)) != nil } + processes
  }

  /// The servers' process ids, also those of a sandbox that is not complete.
  var processes: [String] {
    let folders = [sandbox.layout.projectDirectory, sandbox.layout.socketDirectory]
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.filter { process in
      guard let id = Int32(process) else { return false }
      return folders.contains { folder in
        ["primary", "replica"].contains { name in
          ProcessList.isAlive(id, withArgument: "\(folder)/.reportgen/sandbox/\(name)")
        }
      }
    }
  }
}

/// Runs the body with a new project; afterwards nothing of its sandbox may be left.
func withProject(
  _ files: [String: String] = [:], setup: [String] = [], database: String = "sandbox",
  timezone: String = "UTC",
  subfolder: String = "", _ body: (SandboxProject) async throws -> Void
) async throws {
  try requirePostgres()
  try await temporaryDirectory { root in
    let folder = root + subfolder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let settings = Project.SandboxSettings(database: database, setup: setup)
    let project = SandboxProject(folder: folder, settings: settings, timezone: timezone)
    for (name, text) in files { try project.write(name, text) }
    do {
      try await body(project)
    } catch {
      try await project.sandbox.remove()
      throw error
    }
    try await project.sandbox.remove()
    #expect(project.remains == [])
  }
}

/// The diagnostic that the body throws.
func diagnostic(_ body: () async throws -> Void) async throws -> Diagnostic {
  do {
    try await body()
  } catch let error as Diagnostic {
    return error
  }
  Issue.record("no error was thrown")
  throw CancellationError()
}
