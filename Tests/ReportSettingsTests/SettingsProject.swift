import Foundation
import ReportModel
import ReportSettings
import TestSupport

/// A project's folder with a reportgen.yaml, and what a command would be started with in it.
struct SettingsProject {
  let folder: String
  var options = SettingOptions()
  var surroundings: Surroundings

  init(_ folder: String, _ yaml: String) throws {
    self.folder = folder
    surroundings = Surroundings(directory: folder, hostName: "shop-3")
    try write(yaml, to: "reportgen.yaml")
    try FileManager.default.createDirectory(
      atPath: folder + "/reports", withIntermediateDirectories: true)
  }

  func write(_ text: String, to file: String) throws {
    let url = URL(filePath: folder).appending(path: file)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func settings() throws -> ProjectSettings { try ProjectSettings(options, in: surroundings) }
}

/// Runs the body with a project of this reportgen.yaml.
nonisolated(nonsending) func withSettings<R>(
  _ yaml: String, _ body: (inout SettingsProject) async throws -> R
) async throws -> R {
  try await temporaryDirectory { folder async throws in
    var project = try SettingsProject(folder, yaml)
    return try await body(&project)
  }
}

/// The status and the diagnostics of the `RunError` that the body has to throw.
func failure(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing was thrown"
  } catch let error as RunError {
    return "\(error.status.rawValue)\n" + error.diagnostics.map(\.description).joined(separator: "\n")
  } catch {
    return "not a RunError: \(error)"
  }
}
