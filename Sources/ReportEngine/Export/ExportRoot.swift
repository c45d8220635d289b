import Foundation
import ReportModel

/// Where exports lie: the folder itself, and how people see it named.
package struct ExportRoot: Hashable, Sendable {
  /// Absolute.
  package var path: String
  /// As the project names it: `out`.
  package var shown: String
  /// Names this machine in the ledger: the same folder on two hosts is two folders.
  package var host: String
  /// Written into pages and manifests: `reportgen 0.2.0`.
  package var generator: String
  /// Of pages and index.
  package var languages = Languages()
  /// Tells this run's temporary files from another's, on whatever host.
  var writer: UUID

  /// - Parameter path: absolute; it need not exist yet.
  package init(path: String, shown: String, host: String, generator: String, writer: UUID = UUID()) {
    self.path = path
    self.shown = shown
    self.host = host
    self.generator = generator
    self.writer = writer
  }
}
