import Foundation
import ProcessRunner
import ReportModel
import Sandbox
import TestSupport
import Testing

/// A project folder of one test, with setup files and a sandbox.
struct SandboxProject {
  /// Of the test: project, sockets and what is kept outside the project.
  let root: String
  let folder: String
  let settings: Project.SandboxSettings
  let timezone: String

  var sandbox: Sandbox { makeSandbox(settings) }

  func makeSandbox(_ settings: Project.SandboxSettings) -> Sandbox {
    let outside = root + "/persistent"
    let layout = SandboxLayout(projectDirectory: folder, temporary: root, persistent: outside)
    return Sandbox(
      layout: layout, settings: settings, timezone: timezone, installation: TestPostgres.installation)
  }

  func sql(_ sql: String, on server: Sandbox.Server = .primary, user: String = "postgres") throws -> String {
    try psql(sandbox.conninfo(server, user: user), sql)
  }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  /// All that a sandbox may leave behind, apart from the lock.
  var remains: [String] {
    let folders = [folder + "/.reportgen/sandbox", sandbox.layout.socketDirectory]
    let found = folders.filter { (try? FileManager.default.attributesOfItem(atPath: $0)) != nil }
    let outside = (try? FileManager.default.contentsOfDirectory(atPath: root + "/persistent")) ?? []
    return found + outside + processes.map(String.init)
  }

  /// Whatever runs on a folder of the test, as far as it says so: postmasters, initdb, pg_basebackup.
  var processes: [Int32] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap { Int32($0) }.filter { process in
      ProcessList.arguments(of: process).contains { $0.hasPrefix(root + "/") }
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
    let folder = root + "/project" + subfolder
    try FileManager.default.createDirectory(atPath: root + "/persistent", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let settings = Project.SandboxSettings(database: database, setup: setup)
    let project = SandboxProject(root: root, folder: folder, settings: settings, timezone: timezone)
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
