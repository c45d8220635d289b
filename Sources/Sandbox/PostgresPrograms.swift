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
  /// The folder of the installation's own libpq; nil where the programs use the system's.
  package var libraries: String?

  init(directory: String, major: Int) {
    self.directory = directory
    self.major = major
    let folder = (directory as NSString).deletingLastPathComponent + "/lib"
    libraries = access(folder + "/libpq.so.5", R_OK) == 0 ? folder : nil
  }

  /// One of the programs, such as `psql`, with the libraries of its own installation.
  ///
  /// A standby that loads another libpq than its own does not stream.
  package func command(
    _ name: String, _ arguments: [String] = [], environment: [String: String] = [:], directory: String = "/"
  ) -> Command {
    var environment = environment
    if let libraries {
      let inherited = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"].map { ":" + $0 } ?? ""
      environment["LD_LIBRARY_PATH"] = libraries + inherited
    }
    return Command(program(name), arguments, environment: environment, directory: directory)
  }

  private func program(_ name: String) -> String { directory + "/" + name }

  // MARK: Find

  /// A named installation, or else the newest of those that are installed.
  ///
  /// Debian's folders come first: `psql` on PATH is a Perl wrapper there, and the servers' programs are not on PATH.
  /// - Parameters:
  ///   - installation: What `sandbox.postgres` or `REPORTGEN_POSTGRES` names.
  ///   - major: The version that created the data, when there are any.
  /// - Throws: `Diagnostic` when none is installed, or none of that version; `RunError` with status 65 when the named
  ///   installation cannot be used.
  package static func find(_ installation: PostgresInstallation? = nil, major: Int? = nil) throws
    -> PostgresPrograms
  {
    if let installation {
      let found = try named(installation)
      guard let major, found.major != major else { return found }
      throw otherMajor(
        major, "", detail: "\(installation.source) names PostgreSQL \(found.major).",
        hint: "Name an installation of that version there, or run \"reportgen sandbox reset\": "
          + "its data is created anew.")
    }
    let installed = all()
    let wanted = installed.filter { major == nil || $0.major == major }
    if let found = wanted.max(by: { $0.major < $1.major }) { return found }
    guard let major else {
      throw Diagnostic(
        .error, "could not find PostgreSQL \(oldestMajor) or newer",
        detail: "Looked for \(list(needed)) in /usr/lib/postgresql/*/bin and on PATH.",
        hint: "Run \"apt-get install postgresql-15\", or \"make deps\" in reportgen's own folder.")
    }
    let others = installed.map { String($0.major) }.sorted().joined(separator: ", ")
    throw otherMajor(
      major, ", which is not installed",
      detail: others.isEmpty ? "No other version is installed either." : "Installed: \(others).",
      hint: "Install that version, or name its folder as \"sandbox.postgres\" in reportgen.yaml, or run "
        + "\"reportgen sandbox reset\": its data is created anew.")
  }

  private static func otherMajor(_ major: Int, _ end: String, detail: String, hint: String) -> Diagnostic {
    Diagnostic(.error, "the sandbox was created by PostgreSQL \(major)\(end)", detail: detail, hint: hint)
  }

  private static func named(_ installation: PostgresInstallation) throws -> PostgresPrograms {
    var folder = installation.directory
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    for programs in [folder + "/bin", folder] {
      guard let found = ofFolder(programs) else { continue }
      guard found.major >= oldestMajor else {
        throw wrong(
          "\"\(folder)\" holds PostgreSQL \(found.major), which is not supported", installation,
          "PostgreSQL \(oldestMajor) or newer is needed.")
      }
      let missing = needed.filter { access(found.program($0), X_OK) != 0 }
      guard missing.isEmpty else {
        throw wrong(
          "PostgreSQL in \"\(folder)\" is incomplete: it has no \(list(missing))", installation, nil)
      }
      return found
    }
    throw wrong(
      "could not find PostgreSQL in \"\(folder)\"", installation,
      "Looked for \"postgres\" in it and in its folder \"bin\".")
  }

  private static func wrong(_ message: String, _ installation: PostgresInstallation, _ detail: String?)
    -> RunError
  {
    let source = "\(installation.source) names it."
    return RunError(
      .definition,
      Diagnostic(
        .error, message, detail: detail.map { "\(source) \($0)" } ?? source,
        hint: "Name the folder of an installation, such as /usr/lib/postgresql/17."))
  }

  private static let needed = ["initdb", "postgres", "pg_basebackup", "psql"]

  private static func list(_ names: [String]) -> String {
    names.count < 2
      ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
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
    major >= Self.oldestMajor && Self.needed.allSatisfy { access(program($0), X_OK) == 0 }
  }

  /// No file next to the programs has the version, so `postgres --version` is run: `postgres (PostgreSQL) 17.2`,
  /// `18beta1`, `16devel`.
  private static func ofFolder(_ folder: String) -> PostgresPrograms? {
    guard access(folder + "/postgres", X_OK) == 0,
      let result = try? Command(folder + "/postgres", ["--version"]).runBlocking(),
      let match = result.output.firstMatch(of: #/\) (\d+)/#)
    else { return nil }
    return Int(match.1).map { PostgresPrograms(directory: folder, major: $0) }
  }
}

/// An installation of PostgreSQL that a setting names.
package struct PostgresInstallation: Sendable, Hashable {
  /// Absolute; its folder `bin` has the programs, or it has them itself.
  package var directory: String
  /// The setting, for messages: `REPORTGEN_POSTGRES`, `reportgen.yaml:12`.
  package var source: String

  package init(directory: String, source: String) {
    self.directory = directory
    self.source = source
  }
}
