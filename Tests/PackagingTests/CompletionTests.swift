import TestSupport
import Testing

@Suite("Completions")
struct CompletionTests {
  private static let asked = [
    ("reportgen sand", "sandbox"), ("reportgen run --full", "--full-refresh"),
    ("reportgen sandbox res", "reset"),
  ]

  @Test("bash completes commands and options", arguments: asked)
  func bash(line: String, expected: String) async throws {
    let words = line.split(separator: " ").map(String.init)
    let ask = """
      source "$0"
      complete -p reportgen >/dev/null || exit
      COMP_WORDS=(\(line)); COMP_CWORD=\(words.count - 1); COMP_LINE="\(line)"; COMP_POINT=\(line.utf8.count)
      _reportgen reportgen "\(words[words.count - 1])" "\(words[words.count - 2])"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    try await withScript("bash") { script in
      let output = try await Built.output(of: "bash", ["-c", ask, script])
      #expect(output == expected + "\n")
    }
  }

  @Test(
    "fish completes commands and options",
    .enabled(if: Built.has("fish"), "fish is missing: apt-get install fish"), arguments: asked)
  func fish(line: String, expected: String) async throws {
    try await withScript("fish") { script in
      let output = try await Built.output(
        of: "fish", ["--no-config", "-c", "source \(script); complete -C '\(line)'"])
      let words = output.split(separator: "\n").compactMap { $0.split(separator: "\t").first }
      #expect(words.map(String.init) == [expected])
    }
  }

  @Test("zsh reads its script", .enabled(if: Built.has("zsh"), "zsh is missing: apt-get install zsh"))
  func zsh() async throws {
    try await withScript("zsh") { script in
      #expect(try Built.text(script).hasPrefix("#compdef reportgen\n"))
      try await Built.output(of: "zsh", ["-f", "-n", script])
    }
  }

  private func withScript(_ shell: String, _ body: (String) async throws -> Void) async throws {
    try await temporaryDirectory { folder in
      let text = try await Built.output(of: Built.command, ["--generate-completion-script", shell])
      try text.write(toFile: folder + "/script", atomically: true, encoding: .utf8)
      try await body(folder + "/script")
    }
  }
}
