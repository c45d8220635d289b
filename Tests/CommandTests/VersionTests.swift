import Foundation
import TestSupport
import Testing

@Suite("The version")
struct VersionTests {
  @Test("--version is one line that names the program, its libpq and its parser")
  func text() async throws {
    let outcome = try await Reportgen.run(["--version"])
    #expect(outcome.status == 0 && outcome.error == "")
    let expected =
      /reportgen \d+\.\d+\.\d+ \((commit [0-9a-f]{12}(-dirty)?, )?libpq \d+\.\d+, parser of PostgreSQL \d+\.\d+\)\n/
    #expect(outcome.output.wholeMatch(of: expected) != nil, "\(outcome.output)")
    // The parser of options says the same where it is asked.
    #expect(try await Reportgen.run(["list", "--version"]).output == outcome.output)
  }

  @Test(
    "--version as JSON has the same values, however the format is asked for",
    arguments: [
      ["--version", "--format", "json"], ["--format", "json", "--version"], ["--version", "--format=json"],
    ])
  func json(arguments: [String]) async throws {
    let outcome = try await Reportgen.run(arguments)
    #expect(outcome.status == 0 && outcome.error == "")
    let value = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: String])
    #expect(Set(value.keys).union(["commit"]) == ["commit", "libpq", "parser", "version"])
    let text = try await Reportgen.run(["--version"]).output
    #expect(text.hasPrefix("reportgen \(value["version"] ?? "") ("))
    #expect(text.hasSuffix("libpq \(value["libpq"] ?? ""), parser of PostgreSQL \(value["parser"] ?? ""))\n"))
  }

  @Test("a format that --version does not have is wrong usage")
  func format() async throws {
    let outcome = try await Reportgen.run(["--version", "--format", "xml"])
    #expect(outcome.status == 64 && outcome.output == "")
    #expect(
      outcome.error == """
        error: "xml" is no format of --version
          hint: Formats are "text" and "json".

        """)
  }
}
