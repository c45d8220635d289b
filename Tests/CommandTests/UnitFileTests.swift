import Foundation
import ProcessRunner
import TestSupport
import Testing

@Suite("Units for systemd")
struct UnitFileTests {
  static let analyze = "/usr/bin/systemd-analyze"
  static let isThere = FileManager.default.isExecutableFile(atPath: analyze)
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "packaging/systemd").path

  @Test(
    "systemd finds no fault with them, and calls the service well confined",
    .enabled(
      if: isThere || ProcessInfo.processInfo.environment["CI"] == "true",
      "systemd-analyze is missing: apt-get install systemd"))
  func verify() async throws {
    try await temporaryDirectory { folder in
      for unit in ["reportgen.service", "reportgen.timer"] {
        // The command of a test run stands for the installed one.
        let text = try Self.text(unit).replacing("/usr/bin/reportgen", with: Reportgen.executable)
        try text.write(toFile: folder + "/" + unit, atomically: true, encoding: .utf8)
      }
      let units = ["reportgen.service", "reportgen.timer"].map { folder + "/" + $0 }
      let verified = try await Command(Self.analyze, ["verify", "--man=no"] + units).run()
      #expect(verified.status == 0 && verified.error == "", "\(verified.error)")
      // 1.5 of 10: "OK"; a service that says nothing has 9.6.
      let security = ["security", "--offline=true", "--no-pager", "--threshold=15", units[0]]
      let judged = try await Command(Self.analyze, security).run()
      #expect(judged.status == 0, "\(judged.output)")
    }
  }

  @Test("the service restarts after exit codes 69 and 75 only, at most six times")
  func restart() throws {
    let service = try Self.values("reportgen.service")
    let all: Set = ["1", "64", "65", "69", "70", "75", "130"]
    let prevented = Set(
      try #require(service["RestartPreventExitStatus"]).split(separator: " ").map(String.init))
    #expect(service["Restart"] == "on-failure")
    #expect(all.subtracting(prevented) == ["69", "75"] && prevented.isSubset(of: all))
    #expect(service["SuccessExitStatus"] == "130")
    #expect(service["StartLimitBurst"] == "6" && service["StartLimitIntervalSec"] == "20h")
    #expect(try Self.values("reportgen.timer")["Persistent"] == "true")
  }

  @Test("the service calls the command as it wants to be called, with variables that it knows")
  func command() async throws {
    let service = try Self.values("reportgen.service")
    let words = try #require(service["ExecStart"]).split(separator: " ").map(String.init)
    #expect(words[0] == "/usr/bin/reportgen")
    try await withDefinitions { project in
      // Nothing but its servers is missing.
      let outcome = try await project.run(Array(words.dropFirst()))
      #expect(outcome.status == 69, "\(outcome.error)")
    }
    let known = try String(contentsOfFile: Self.folder + "/../../docs/configuration.md", encoding: .utf8)
    let names = try Self.text("environment").matches(of: /(REPORTGEN_[A-Z_]+)=/).map(\.1)
    #expect(names.count == 2)
    for name in names { #expect(known.contains("| `\(name)` |"), "\(name)") }
  }

  private static func text(_ file: String) throws -> String {
    try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
  }

  private static func values(_ file: String) throws -> [String: String] {
    let lines = try text(file).split(separator: "\n").filter { !$0.hasPrefix("#") && $0.contains("=") }
    return Dictionary(
      lines.map { line in
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), String(parts[1]))
      }, uniquingKeysWith: { $1 })
  }
}
