import Foundation
import ReportModel
import TestSupport
import Testing

@testable import Sandbox

@Suite struct PostgresProgramsTests {
  /// An installation whose `postgres` does nothing but say its version.
  private func install(_ version: String, in folder: String, _ programs: [String], libraries: Bool = false)
    throws
  {
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder + "/bin", withIntermediateDirectories: true)
    for program in programs {
      let path = "\(folder)/bin/\(program)"
      try Data("#!/bin/sh\necho 'postgres (PostgreSQL) \(version)'\n".utf8).write(to: URL(filePath: path))
      try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    guard libraries else { return }
    try manager.createDirectory(atPath: folder + "/lib", withIntermediateDirectories: true)
    try Data().write(to: URL(filePath: folder + "/lib/libpq.so.5"))
  }

  private static let programs = ["initdb", "postgres", "pg_basebackup", "psql"]

  private func refusal(_ folder: String, major: Int? = nil) -> String {
    do {
      let found = try PostgresPrograms.find(
        PostgresInstallation(directory: folder, source: "REPORTGEN_POSTGRES"), major: major)
      return "\(found.major)"
    } catch let error as RunError {
      return "\(error.status.rawValue) \(error.diagnostic)"
    } catch {
      return "\(error)"
    }
  }

  @Test("a named folder, or its bin, is taken with the installation's own libraries")
  func named() async throws {
    try await temporaryDirectory { folder async throws in
      try install("17.2", in: folder + "/a", Self.programs, libraries: true)
      try install("18beta1", in: folder + "/b", Self.programs)
      for name in ["/a", "/a/", "/a/bin"] {
        let found = try PostgresPrograms.find(
          PostgresInstallation(directory: folder + name, source: "REPORTGEN_POSTGRES"))
        #expect(found.directory == folder + "/a/bin")
        #expect(found.major == 17)
        #expect(found.command("psql").executable == folder + "/a/bin/psql")
        let path = try #require(found.command("psql").environment["LD_LIBRARY_PATH"])
        #expect(path.split(separator: ":").first.map(String.init) == folder + "/a/lib")
      }
      let other = try PostgresPrograms.find(
        PostgresInstallation(directory: folder + "/b", source: "REPORTGEN_POSTGRES"))
      #expect(other.major == 18)
      #expect(other.command("psql").environment["LD_LIBRARY_PATH"] == nil)
    }
  }

  @Test("a folder that cannot be used is refused as configuration, with the setting that names it")
  func refused() async throws {
    try await temporaryDirectory { folder async throws in
      try install("14.9", in: folder + "/old", Self.programs)
      try install("17.2", in: folder + "/part", ["postgres", "psql"])
      let hint = "hint: Name the folder of an installation, such as /usr/lib/postgresql/17."
      #expect(
        refusal(folder + "/none") == """
          65 error: could not find PostgreSQL in "\(folder)/none"
            detail: REPORTGEN_POSTGRES names it. Looked for "postgres" in it and in its folder "bin".
            \(hint)
          """)
      #expect(
        refusal(folder + "/old") == """
          65 error: "\(folder)/old" holds PostgreSQL 14, which is not supported
            detail: REPORTGEN_POSTGRES names it. PostgreSQL 15 or newer is needed.
            \(hint)
          """)
      #expect(
        refusal(folder + "/part") == """
          65 error: PostgreSQL in "\(folder)/part" is incomplete: it has no initdb and pg_basebackup
            detail: REPORTGEN_POSTGRES names it.
            \(hint)
          """)
    }
  }

  @Test("data of another version than the named one are refused, and not removed")
  func otherVersion() async throws {
    try await temporaryDirectory { folder async throws in
      try install("17.2", in: folder, Self.programs)
      #expect(refusal(folder, major: 17) == "17")
      #expect(
        refusal(folder, major: 15) == """
          error: the sandbox was created by PostgreSQL 15
            detail: REPORTGEN_POSTGRES names PostgreSQL 17.
            hint: Name an installation of that version there, or run "reportgen sandbox reset": its data is created anew.
          """)
    }
  }
}
