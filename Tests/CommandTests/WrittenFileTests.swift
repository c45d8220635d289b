import Foundation
import TestSupport
import Testing

@Suite("Files that new and superset bundle write")
struct WrittenFileTests {
  private func files(_ project: CommandProject) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: project.folder + "/reports").sorted()
  }

  @Test("new writes three files; when one of them exists, none")
  func new() async throws {
    try await withDefinitions { project in
      let before = try files(project)
      try project.write("tests: []\n", to: "reports/fresh.test.yaml")
      var outcome = try await project.run("new", "fresh")
      #expect(outcome.status == 1 && outcome.output == "")
      #expect(
        outcome.error == """
          error: could not create "reports/fresh.test.yaml": file exists
            detail: No file was written.
            hint: Choose another name, or move the file away.

          """)
      #expect(try files(project) == (before + ["fresh.test.yaml"]).sorted())
      #expect(try project.text("reports/fresh.test.yaml") == "tests: []\n")

      outcome = try await project.run("new", "other")
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(outcome.output == "reports/other.sql\nreports/other.yaml\nreports/other.test.yaml\n")
    }
  }

  @Test("a bundle below a file ends 1 with the words of the system")
  func bundle() async throws {
    try await withDefinitions { project in
      let outcome = try await project.run("superset", "bundle", "--env", "sandbox", "--output", "/dev/null/x")
      #expect(outcome.status == 1)
      #expect(outcome.error == "error: could not write \"/dev/null/x\": not a directory\n")
    }
  }
}
