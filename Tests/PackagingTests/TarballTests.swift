import Foundation
import ProcessRunner
import TestSupport
import Testing

@Suite("The archive with its installer, and the container")
struct TarballTests {
  @Test(
    "the installer puts everything in its place, keeps settings and removes what it has installed",
    .enabled(if: Built.has("strip"), "strip is missing: apt-get install binutils"))
  func install() async throws {
    try await temporaryDirectory { folder in
      let archive = try await Self.build(in: folder + "/first")
      let again = try await Self.build(in: folder + "/second")
      #expect(FileManager.default.contentsEqual(atPath: archive, andPath: again))

      try await Built.output(of: "tar", ["-xzf", archive, "-C", folder])
      let name = URL(filePath: archive).lastPathComponent.replacing(".tar.gz", with: "")
      let installer = folder + "/" + name + "/install.sh"
      let root = folder + "/root"
      try await Built.output(of: installer, ["--prefix", "/opt/reports"], environment: ["DESTDIR": root])
      let prefix = root + "/opt/reports"
      for path in [
        "share/man/man1/reportgen-run.1", "share/man/man5/reportgen.yaml.5",
        "share/bash-completion/completions/reportgen", "share/zsh/site-functions/_reportgen",
        "share/fish/vendor_completions.d/reportgen.fish", "share/reportgen/schema/report.schema.json",
        "share/doc/reportgen/operation.md", "share/doc/reportgen/copyright",
        "share/doc/reportgen/examples/store/reportgen.yaml", "lib/sysusers.d/reportgen.conf",
        "lib/tmpfiles.d/reportgen.conf", "lib/systemd/system/reportgen.timer",
      ] {
        #expect(FileManager.default.fileExists(atPath: prefix + "/" + path), "\(path)")
      }
      let (installed, built) = (
        try await Built.output(of: prefix + "/bin/reportgen", ["--version"]),
        try await Built.output(of: Built.command, ["--version"])
      )
      #expect(installed == built)
      let service = try Built.text(prefix + "/lib/systemd/system/reportgen.service")
      #expect(service.contains("\nExecStart=/opt/reports/bin/reportgen run --all\n"))
      #expect(service.contains("\nDocumentation=file:///opt/reports/share/doc/reportgen/operation.md\n"))

      let settings = root + "/etc/reportgen/environment"
      try "REPORTGEN_ENV=mine\n".write(toFile: settings, atomically: true, encoding: .utf8)
      for arguments in [["--prefix", "/opt/reports"], ["--prefix", "/opt/reports", "--uninstall"]] {
        try await Built.output(of: installer, arguments, environment: ["DESTDIR": root])
        #expect(try Built.text(settings) == "REPORTGEN_ENV=mine\n")
      }
      #expect(try await Self.files(of: root) == ["etc/reportgen/environment"])
    }
  }

  @Test("the installer writes nothing where a library is missing, or the prefix is no path")
  func refuses() async throws {
    try await temporaryDirectory { folder in
      for (name, text) in [("ldd", "#!/bin/sh\nprintf '\\tlibpq.so.5 => not found\\n'\n"), ("reportgen", "")]
      {
        try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
      }
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/ldd")
      try FileManager.default.copyItem(
        atPath: Built.root + "/packaging/install.sh", toPath: folder + "/install.sh")
      let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
      let missing = try await Built.run(
        folder + "/install.sh", [],
        environment: ["DESTDIR": folder + "/root", "PATH": folder + ":" + path])
      #expect(missing.status == 69)
      #expect(
        missing.error == """
          error: these libraries are missing: libpq.so.5
            hint: Install libpq, OpenSSL 3 and zlib; on Debian they are in libpq5, libssl3 and zlib1g.

          """)
      let relative = try await Built.run(
        folder + "/install.sh", ["--prefix", "here"], environment: ["DESTDIR": folder + "/root"])
      #expect(relative.status == 64)
      #expect(!FileManager.default.fileExists(atPath: folder + "/root"))
    }
  }

  @Test(
    "hadolint finds no fault with the container file",
    .enabled(if: Built.has("pip3"), "pip is missing: apt-get install python3-pip"))
  func container() async throws {
    let lint = try await Built.run("scripts/hadolint", [])
    #expect(lint.status == 0 && lint.output == "", "\(lint.output)\(lint.error)")
    try await temporaryDirectory { folder in
      try "FROM debian\nRUN cd /tmp\n".write(
        toFile: folder + "/Containerfile", atomically: true, encoding: .utf8)
      #expect(try await Built.run("scripts/hadolint", [folder + "/Containerfile"]).status == 1)
    }
  }

  private static func build(in folder: String) async throws -> String {
    try await Built.output(
      of: "scripts/tarball", ["--binary", Built.command, folder], environment: ["TMPDIR": "/tmp"]
    ).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func files(of folder: String) async throws -> [String] {
    try await Built.output(of: "find", [folder, "-type", "f", "-printf", "%P\\n"]).split(separator: "\n")
      .map(String.init)
  }
}
