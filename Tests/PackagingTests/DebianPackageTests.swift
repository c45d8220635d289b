import Foundation
import ProcessRunner
import TestSupport
import Testing

/// The package of the command of this test run: of a release build it is the same but for the libraries of Swift, which
/// are inside of that.
@Suite(
  "The Debian package",
  .enabled(if: Built.has("dh", "lintian"), "debhelper or lintian is missing: scripts/deps --package"))
struct DebianPackageTests {
  @Test("has what it should, in its place, and lintian finds no fault that no override explains")
  func package() async throws {
    try await temporaryDirectory { folder in
      let packages = try await Self.build(in: folder)
      try #require(packages.count == 2)
      let (symbols, package) = (packages[0], packages[1])

      let version =
        try Built.json(
          await Built.output(of: Built.command, ["--version", "--format", "json"]))["version"] as? String
      let architecture = try await line(of: "dpkg", ["--print-architecture"])
      #expect(package.hasSuffix("/reportgen_\(version ?? "")_\(architecture).deb"))
      #expect(symbols.hasSuffix("/reportgen-dbgsym_\(version ?? "")_\(architecture).deb"))

      let depends = try await line(of: "dpkg-deb", ["--field", package, "Depends"])
      let recommends = try await line(of: "dpkg-deb", ["--field", package, "Recommends"])
      // These are opened when they are first used: no program finds them in the command.
      #expect(depends.contains("libxml2 | libxml2-16") && depends.contains("libpq5"), "\(depends)")
      #expect(recommends.contains("libcurl4t64 | libcurl4"), "\(recommends)")

      let root = folder + "/root"
      try await Built.output(of: "dpkg-deb", ["--extract", package, root])
      try await contents(of: root)
      try await units(in: root)
      try await scripts(of: package, in: folder)

      // Only a build of tests finds the libraries of Swift where the compiler is.
      let lint = try await Built.run(
        "lintian",
        ["--allow-root", "--fail-on", "error,warning", "--suppress-tags", "custom-library-search-path"]
          + packages)
      #expect(lint.status == 0, "\(lint.output)\(lint.error)")
    }
  }

  /// - Returns: the package of the symbols, and the package.
  private static func build(in folder: String) async throws -> [String] {
    // Compressed as far as lintian asks for it and no further.
    let output = try await Built.output(
      of: "scripts/deb",
      ["--binary", Built.command, "--shlibdeps", "--ignore-missing-info", folder + "/packages"],
      environment: ["DPKG_DEB_COMPRESSOR_TYPE": "gzip", "DPKG_DEB_COMPRESSOR_LEVEL": "1", "TMPDIR": folder])
    return output.split(separator: "\n").map(String.init).sorted()
  }

  private func contents(of root: String) async throws {
    let files = FileManager.default
    for path in [
      "usr/bin/reportgen", "etc/reportgen/environment", "usr/lib/sysusers.d/reportgen.conf",
      "usr/lib/tmpfiles.d/reportgen.conf", "usr/share/man/man1/reportgen.1.gz",
      "usr/share/man/man1/reportgen-superset-sync.1.gz", "usr/share/man/man5/reportgen.yaml.5.gz",
      "usr/share/man/man5/reportgen-report.5.gz", "usr/share/bash-completion/completions/reportgen",
      "usr/share/zsh/vendor-completions/_reportgen", "usr/share/fish/vendor_completions.d/reportgen.fish",
      "usr/share/doc/reportgen/copyright", "usr/share/doc/reportgen/operation.md",
      "usr/share/doc/reportgen/CHANGELOG.md", "usr/share/doc/reportgen/examples/ci/gitlab-ci.yml",
      "usr/share/doc/reportgen/examples/airflow/reportgen_nightly.py",
    ] {
      #expect(files.fileExists(atPath: root + "/" + path), "\(path)")
    }
    for schema in ["project", "report", "dashboard", "test"] {
      let path = "/usr/share/reportgen/schema/\(schema).schema.json"
      #expect(try Built.text(root + path) == Built.text(Built.root + "/docs/\(schema).schema.json"))
    }
    // The command without its symbols, and the example that works with it.
    let command = root + "/usr/bin/reportgen"
    let sections = try await Built.output(of: "readelf", ["-S", command])
    #expect(!sections.contains(".symtab"))
    let (packed, built) = (
      try await Built.output(of: command, ["--version"]),
      try await Built.output(of: Built.command, ["--version"])
    )
    #expect(packed == built)
    let example = root + "/usr/share/doc/reportgen/examples/store"
    let lint = try await Built.output(of: command, ["lint", "--project", example])
    #expect(lint.hasSuffix(" reports without errors, 0 errors, 0 warnings\n"), "\(lint)")
  }

  private func units(in root: String) async throws {
    let folder = try #require(
      ["/usr/lib/systemd/system", "/lib/systemd/system"].map { root + $0 }.first {
        FileManager.default.fileExists(atPath: $0 + "/reportgen.timer")
      })
    for unit in ["reportgen.service", "reportgen.timer"] {
      #expect(try Built.text(folder + "/" + unit) == Built.text(Built.root + "/packaging/systemd/" + unit))
    }
    // The user that the service runs as is the one that the package makes; its page of documentation is in it.
    let service = try Built.text(folder + "/reportgen.service")
    let user = try #require(service.firstMatch(of: /\nUser=(.*)\n/)).output.1
    let users = try Built.text(root + "/usr/lib/sysusers.d/reportgen.conf")
    #expect(users.contains("\nu \(user) - "))
    let page = try #require(service.firstMatch(of: /\nDocumentation=file:\/\/(.*)\n/)).output.1
    #expect(FileManager.default.fileExists(atPath: root + page))
  }

  private func scripts(of package: String, in folder: String) async throws {
    let control = folder + "/control"
    try await Built.output(of: "dpkg-deb", ["--control", package, control])
    #expect(try Built.text(control + "/conffiles") == "/etc/reportgen/environment\n")
    for script in ["postinst", "prerm", "postrm"] {
      try await Built.output(of: "sh", ["-n", control + "/" + script])
    }
    // The user is made before the folders that are his.
    let installed = try Built.text(control + "/postinst")
    let user = try #require(installed.firstRange(of: "systemd-sysusers"))
    let folders = try #require(installed.firstRange(of: "systemd-tmpfiles"))
    #expect(user.lowerBound < folders.lowerBound)
    // A nightly run without a project would only fail.
    #expect(!installed.contains("deb-systemd-invoke"))
  }

  private func line(of program: String, _ arguments: [String]) async throws -> String {
    try await Built.output(of: program, arguments).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
