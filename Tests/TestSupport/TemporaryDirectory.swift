import Foundation

/// Runs the body with a new, empty folder that is removed afterwards, and in any case with the test process.
package nonisolated(nonsending) func temporaryDirectory<R>(_ body: (String) async throws -> R) async throws
  -> R
{
  let path = try TestFolder.shared.get().makePath("folder")
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try await body(path)
}
