import Foundation
import Sandbox

/// The PostgreSQL that the tests' servers run.
///
/// The newest that is installed, unless `TEST_POSTGRES` names the folder of another one, as `scripts/postgres-versions`
/// does.
package enum TestPostgres {
  static let variable = "TEST_POSTGRES"

  package static let installation = ProcessInfo.processInfo.environment[variable].flatMap {
    $0.isEmpty ? nil : PostgresInstallation(directory: $0, source: variable)
  }

  /// The major version; nil when there is none.
  package static let major = try? programs().major

  /// - Throws: As `PostgresPrograms.find`.
  package static func programs() throws -> PostgresPrograms { try PostgresPrograms.find(installation) }
}
