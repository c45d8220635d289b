import Foundation
import ProcessRunner
import ReportModel

/// One installation of PostgreSQL's own programs.
package struct PostgresPrograms: Sendable, Hashable {
  /// The oldest major version that the sandbox works with.
  package static let oldestMajor = 15

  /// The folder of the programs, without a slash at the end.
  package var directory: String
  /// The major version, such as 15.
  package var major: Int

  /// The path of psql.
  package var psql: String { directory + "/psql" }
  func program(_ name: String) -> String { directory + "/" + name }

  /// The newest installation, or the one of a given major version.
  ///
  /// Debian's folders come first: `psql` on PATH is a Perl wrapper there, and the servers' programs are not on PATH.
  /// - Throws: `Diagnostic` when none is installed.
  package static func find(major: Int? = nil) throws -> PostgresPrograms {
    let installed = all()
    let wanted = installed.filter { major == nil || $0.major == major }
    if let found = wanted.max(by: { $0.major < $1.major }) { return found }
    guard let major else {
      throw Diagnostic(
        .error, "could not find PostgreSQL \(oldestMajor) or newer",
        detail:
          "Looked for initdb, postgres, pg_basebackup and psql in /usr/lib/postgresql/*/bin and on PATH.",
        hint: "Run \"apt-get install postgresql-15\", or \"make deps\" in reportgen's own folder.")
    }
    let others = installed.map { String($0.major) }.sorted().joined(separator: ", ")
    throw Diagnostic(
      .error, "the sandbox was created by PostgreSQL \(major), which is not installed",
      detail: others.isEmpty ? "No other version is installed either." : "Installed: \(others).",
      hint: "Install that version, or run \"reportgen sandbox reset\": its data is created anew.")
  }

  private static func all() -> [PostgresPrograms] {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let packaged = versions.compactMap { version in
      Int(version).map { PostgresPrograms(directory: "\(root)/\(version)/bin", major: $0) }
    }
    let complete = packaged.filter(\.isUsable)
    guard complete.isEmpty else { return complete }
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return path.compactMap(ofFolder).filter(\.isUsable)
  }

  private var isUsable: Bool {
    major >= Self.oldestMajor
      && ["initdb", "postgres", "pg_basebackup", "psql"].allSatisfy { access(program($0), X_OK) == 0 }
  }

  /// No file next to the programs has the version, so `postgres --version` is run.
  private static func ofFolder(_ folder: String) -> PostgresPrograms? {
    guard access(folder + "/postgres", X_OK) == 0,
      let result = try? Command(folder + "/postgres", ["--version"]).runBlocking(),
      let match = result.output.firstMatch(of: #/\) (\d+)/#)
    else { return nil }
    return Int(match.1).map { PostgresPrograms(directory: folder, major: $0) }
  }
}
