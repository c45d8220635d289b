import Foundation
import PostgresClient
import ReportModel

/// libpq's password file, which it ignores when others may read it.
///
/// libpq says so on standard error itself, at every connection and whatever the log's format is. So files are looked at
/// first, and libpq is sent to a place where none can be: it would not have used these either.
package enum PasswordFile {
  /// - Returns: a warning when `PGPASSFILE` or ~/.pgpass is there and libpq would ignore it; libpq is silent from then on.
  package static func warning() -> Diagnostic? {
    let variables = ProcessInfo.processInfo.environment
    let named = variables["PGPASSFILE"].flatMap { $0.isEmpty ? nil : $0 }
    guard let path = named ?? variables["HOME"].map({ $0 + "/.pgpass" }),
      let ignored = IgnoredPasswordFile(path)
    else { return nil }
    setenv("PGPASSFILE", "/dev/null/pgpass", 1)
    return warning(ignored)
  }

  /// - Returns: a warning for each file that the environment's connection strings or their services name.
  package static func warnings(_ settings: ProjectSettings) -> [Diagnostic] {
    guard let environment = try? settings.environment().environment else { return [] }
    let files = [environment.primary, environment.replica].compactMap {
      $0.flatMap(Conninfo.ignoredPasswordFile)
    }
    return files.enumerated().filter { files.firstIndex(of: $1) == $0 }.map { warning($1) }
  }

  private static func warning(_ file: IgnoredPasswordFile) -> Diagnostic {
    Diagnostic(
      .warning,
      file.isPlain
        ? "password file \"\(file.path)\" is ignored: others may read it"
        : "password file \"\(file.path)\" is no plain file",
      hint: file.isPlain ? "Run chmod 600 \(file.path)." : nil)
  }
}
