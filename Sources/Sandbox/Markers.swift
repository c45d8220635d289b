import Foundation
import LocalFiles
import ReportModel

/// Files next to the data folders that mark them as complete; written last.
struct Markers {
  private let folder: String

  init(_ folder: String) { self.folder = folder }

  func isComplete(_ server: Sandbox.Server) -> Bool { access(path(server), F_OK) == 0 }

  /// The database that the primary was created with.
  var database: String? { try? String(contentsOfFile: path(.primary), encoding: .utf8) }

  func complete(_ server: Sandbox.Server, database: String) throws {
    do throws(SystemError) {
      try LocalFile.replace(path(server), with: database.utf8)
    } catch {
      throw error.diagnostic()
    }
  }

  func remove(_ server: Sandbox.Server) throws { try PrivateFolder.remove(path(server)) }

  private func path(_ server: Sandbox.Server) -> String { "\(folder)/\(server.rawValue).complete" }
}
