import CBuildCommit
import PostgresClient
import ReportDefinitions

/// The version of reportgen: the one place that has it.
package enum Version {
  package static let number = "0.2.0"
  /// As generated pages and manifests name their writer.
  package static let text = "reportgen \(number)"
}

/// What `reportgen --version` says: which program this is, and which libraries decide with it what it understands.
package struct BuildRecord: Encodable, Equatable, Sendable {
  package var version = Version.number
  /// In hexadecimal, with `-dirty` behind it when the work tree had changes; nil where the build was not told.
  package var commit = rg_build_commit().map { String(cString: $0) }
  /// The libpq that is loaded: `15.20`.
  package var libpq = LibraryVersion.loaded.description
  /// The version of PostgreSQL whose parser reads the SQL: `15.1`.
  package var parser = ParserVersion.postgres

  package init() {}

  /// One line.
  package var text: String {
    let shortCommit = commit.map { commit in
      "commit " + commit.prefix(12) + (commit.hasSuffix("-dirty") ? "-dirty" : "")
    }
    let parts = [shortCommit, "libpq \(libpq)", "parser of PostgreSQL \(parser)"]
    return "reportgen \(version) (\(parts.compactMap { $0 }.joined(separator: ", ")))"
  }
}
