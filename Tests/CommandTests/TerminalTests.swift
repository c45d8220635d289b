import Foundation
import TestSupport
import Testing

@Suite("A terminal that is kind")
struct TerminalTests {
  @Test("errors have colours where somebody asks for them, or reads them on a terminal without NO_COLOR")
  func colours() async throws {
    try await withDefinitions { project in
      let plain = "error: no report is named \"totl\"\n  hint: Did you mean \"total\"?\n"
      let painted =
        "\u{1B}[1;31merror:\u{1B}[0m no report is named \"totl\"\n  \u{1B}[1mhint:\u{1B}[0m Did you mean \"total\"?\n"
      for (options, expected) in [
        ([], plain), (["--color", "always"], painted), (["--color=never"], plain),
        (["--color", "auto"], plain),
      ] {
        #expect(try await project.run(["list", "totl"] + options).error == expected)
      }
      func onTerminal(_ variables: [String: String]) async throws -> String {
        let shell = try Running(
          [
            "-c", #"script -qec "'$0' list totl --project '$1'" /dev/null </dev/null"#, Reportgen.executable,
            project.folder,
          ],
          executable: "/bin/sh", environment: variables)
        return try await shell.outcome().output
      }
      #expect(try await onTerminal(["TERM": "xterm", "NO_COLOR": ""]).contains("\u{1B}[1;31m"))
      #expect(try await !onTerminal(["TERM": "xterm", "NO_COLOR": "1"]).contains("\u{1B}"))
      #expect(try await !onTerminal(["TERM": "dumb", "NO_COLOR": ""]).contains("\u{1B}"))
      // A name cannot forge a colour.
      let forged = try await project.run("list", "\u{1B}[31mx", "--color", "always").error
      #expect(!forged.contains("\u{1B}[31m") && forged.contains("\\x1b[31mx"))
    }
  }

  @Test("tags and dependents are chosen in one word, and what is near is suggested")
  func words() async throws {
    try await withDefinitions { project in
      try project.report(
        "first", sql: Samples.totalSQL,
        "title: First\ntags: [nightly]\nmaterialize: {as: table, table: reports.first}")
      try project.report(
        "next", sql: "select f.item from reports.first f",
        "title: Next\nmaterialize: {as: table, table: reports.next}")
      func names(_ arguments: String...) async throws -> [String] {
        let lines = try await project.run(["list"] + arguments).output.split(separator: "\n").dropFirst()
        return lines.compactMap { $0.split(separator: " ").first.map(String.init) }
      }
      #expect(try await names("tag:nightly") == ["first"])
      #expect(try await names("tag:nightly+") == ["first", "next"])
      #expect(try await names("+next+") == ["first", "next"])
      #expect(try await names("*", "--exclude", "tag:nightly+") == ["total"])
      for (arguments, error) in [
        (
          ["list", "tag:nightl"],
          "error: no report has the tag \"nightl\"\n  hint: Did you mean \"nightly\"?\n"
        ),
        (
          ["list", "--tag", "sales"],
          "error: no report has the tag \"sales\"\n  hint: Tags in use: nightly.\n"
        ),
        (
          ["status", "--env", "tset"],
          "error: no environment is named \"tset\"\n  hint: Did you mean \"test\"?\n"
        ),
      ] {
        #expect(try await project.run(arguments).error == error)
      }
    }
  }

  @Test("explain prints every section that an exit code leads to, and any section by its heading")
  func explain() async throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs")
    let runbook = try String(contentsOf: folder.appending(path: "runbook.md"), encoding: .utf8)
    let headings = runbook.split(separator: "\n").filter { $0.hasPrefix("## ") || $0.hasPrefix("### ") }
      .map { String($0.drop { $0 == "#" }.dropFirst()) }
    let overview = try await Reportgen.run(["explain"]).output
    for heading in headings {
      #expect(overview.contains("\n\(heading)\n") || overview.hasSuffix("\n\(heading)\n"), "\(heading)")
    }
    let codes = try String(contentsOf: folder.appending(path: "exit-codes.md"), encoding: .utf8)
    for line in codes.split(separator: "\n") {
      guard let code = line.firstMatch(of: /^\| (\d+) \|/)?.1 else { continue }
      let outcome = try await Reportgen.run(["explain", String(code)])
      #expect(outcome.status == 0 && outcome.output.hasPrefix("\(code): "), "\(outcome.error)")
      for link in line.matches(of: /\[([^\]]*)\]\(runbook\.md#/) {
        #expect(outcome.output.contains("\n\(link.1.uppercased())\n"), "\(code): \(link.1)")
      }
      #expect(
        !outcome.output.contains("<!--") && !outcome.output.contains("](") && !outcome.output.contains("```"))
    }
    try expectGolden(
      try await Reportgen.run(["explain", "replica", "behind"]).output, "output/explain-replica-behind.txt")
    let unknown = try await Reportgen.run(["explain", "replica", "behimd"])
    #expect(unknown.status == 64)
    #expect(
      unknown.error
        == "error: the runbook has no \"replica behimd\"\n  hint: Did you mean \"replica behind\"?\n")
  }
}
