import TestSupport
import Testing

@Suite("Help")
struct HelpTests {
  static let commands = [
    [], ["run"], ["plan"], ["verify"], ["doctor"], ["explain"], ["lint"], ["test"], ["list"], ["show"],
    ["start"], ["new"],
    ["init"],
    ["status"], ["history"], ["export"], ["retire"], ["docs"], ["superset"], ["superset", "bundle"],
    ["superset", "sync"],
    ["sandbox"], ["sandbox", "up"], ["sandbox", "down"], ["sandbox", "status"], ["sandbox", "psql"],
    ["sandbox", "reset"],
  ]

  @Test("the help of every command, in at most 100 columns", arguments: commands)
  func help(command: [String]) async throws {
    // The width is that of the terminal where there is one.
    let outcome = try await Reportgen.run(command + ["--help"], environment: ["COLUMNS": "100"])
    #expect(outcome.status == 0 && outcome.error == "")
    for line in outcome.output.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
    try expectGolden(outcome.output, "help/\((["reportgen"] + command).joined(separator: "-")).txt")
  }

  @Test("the help of every command is tested")
  func complete() async throws {
    for parent in [[], ["sandbox"], ["superset"]] {
      let outcome = try await Reportgen.run(parent + ["--help"])
      let listed = outcome.output.components(separatedBy: "SUBCOMMANDS:\n").last ?? ""
      let names = listed.split(separator: "\n").prefix { $0.hasPrefix("  ") }
        .filter { !$0.hasPrefix("   ") && !$0.hasPrefix("  See ") }.compactMap {
          $0.split(separator: " ").first.map(String.init)
        }
      #expect(!names.isEmpty && names.allSatisfy { Self.commands.contains(parent + [$0]) }, "\(names)")
    }
  }
}
