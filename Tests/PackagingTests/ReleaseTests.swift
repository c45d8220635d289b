import Foundation
import ProcessRunner
import TestSupport
import Testing

@Suite("A release")
struct ReleaseTests {
  @Test("the newest release in the changelog is the version of the program")
  func version() async throws {
    let version = try await Built.output(of: "scripts/version", [])
    let changes = try Built.text(Built.root + "/CHANGELOG.md")
    let released = try #require(changes.firstMatch(of: /\n## \[(\d[^\]]*)\] - \d{4}-\d\d-\d\d\n/)).output.1
    #expect(version == released + "\n")
    let record = try Built.json(await Built.output(of: Built.command, ["--version", "--format", "json"]))
    #expect(record["version"] as? String == String(released))
    #expect(changes.contains("\n## [Unreleased]\n"))
  }

  @Test("a repository that is ready passes the check")
  func ready() async throws {
    try await withRepository { folder in
      #expect(try await check(folder) == "0\n")
      try await git(folder, "tag", "v1.2.0")
      #expect(try await check(folder) == "0\n")
    }
  }

  @Test(
    "whatever is not ready fails the check, and is named",
    arguments: [
      ("echo x >>CHANGELOG.md", "the work tree has changes"),
      (
        "sed -i s/1.2.0/1.3.0/ Sources/ReportSettings/Version.swift; git commit -qam x",
        "Version.swift has 1.3.0, the newest release in CHANGELOG.md is 1.2.0"
      ),
      (
        "sed -i 's/^## .1.2.0.*/## [1.2.0] - soon/' CHANGELOG.md; git commit -qam x",
        "the newest release in CHANGELOG.md has no day"
      ),
      (
        "sed -i '/Unreleased/a\\\\n- More.' CHANGELOG.md; git commit -qam x",
        "CHANGELOG.md has changes under \"Unreleased\""
      ),
      ("sed -i '/Unreleased/d' CHANGELOG.md; git commit -qam x", "CHANGELOG.md has no \"Unreleased\""),
      ("git tag v1.2.0; git commit -q --allow-empty -m x", "v1.2.0 is another commit"),
      (
        "git tag v1.1.0; echo x >>sql/ledger/0001.sql; git commit -qam x",
        "these steps of the ledger have changed since v1.1.0:"
      ),
    ])
  func notReady(_ change: String, _ message: String) async throws {
    try await withRepository { folder in
      try await Built.output(of: "sh", ["-ec", "cd \(folder); \(change)"], environment: Self.environment)
      let said = try await check(folder)
      #expect(said.hasPrefix("1\n") && said.contains("error: \(message)\n"), "\(said)")
      #expect(said.components(separatedBy: "error: ").count == 2, "\(said)")
    }
  }

  @Test("a new step of the ledger is no fault")
  func newStep() async throws {
    try await withRepository { folder in
      try await Built.output(
        of: "sh",
        ["-ec", "cd \(folder); git tag v1.1.0; echo x >sql/ledger/0002.sql; git add .; git commit -qm x"],
        environment: Self.environment)
      #expect(try await check(folder) == "0\n")
    }
  }

  /// The exit code, and what is said about faults.
  private func check(_ folder: String) async throws -> String {
    let result = try await Built.run(
      folder + "/scripts/release-check", ["--quick"], environment: Self.environment)
    return "\(result.status)\n"
      + result.error.split(separator: "\n").filter { !$0.hasPrefix("skipped: ") }.map { $0 + "\n" }.joined()
  }

  /// A repository that has what the check reads, in version 1.2.0.
  private func withRepository(_ body: (String) async throws -> Void) async throws {
    try await temporaryDirectory { folder in
      let files = FileManager.default
      for path in ["scripts", "sql/ledger", "Sources/ReportSettings"] {
        try files.createDirectory(atPath: folder + "/" + path, withIntermediateDirectories: true)
      }
      for script in ["release-check", "version"] {
        try files.copyItem(
          atPath: Built.root + "/scripts/" + script, toPath: folder + "/scripts/" + script)
      }
      for (path, text) in [
        ("sql/ledger/0001.sql", "select 1;\n"),
        ("Sources/ReportSettings/Version.swift", "package static let number = \"1.2.0\"\n"),
        (
          "CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-01-31\n\n### Added\n\n- All.\n"
        ),
      ] {
        try text.write(toFile: folder + "/" + path, atomically: true, encoding: .utf8)
      }
      try await git(folder, "init", "--quiet")
      try await git(folder, "add", ".")
      try await git(folder, "commit", "--quiet", "-m", "All")
      try await body(folder)
    }
  }

  private func git(_ folder: String, _ arguments: String...) async throws {
    try await Built.output(of: "git", ["-C", folder] + arguments, environment: Self.environment)
  }

  /// Nobody's settings.
  private static let environment = [
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
  ]
}
