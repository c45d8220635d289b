import Foundation
import ProcessRunner
import TestSupport
import Testing

@Suite("Arguments and the current directory")
struct ArgumentTests {
  /// A library that moves the environment before the command's own code runs, as libfaketime does.
  private static let agent = """
    #include <stdlib.h>
    __attribute__((constructor)) static void begin(void) {
      char name[] = "AGENT_A";
      for (; name[6] <= 'Z'; name[6]++) setenv(name, "a value that needs room", 1);
    }
    """

  @Test("arguments are read also when a preloaded library has moved the environment")
  func preloaded() async throws {
    try await withDefinitions { project in
      try project.write(Self.agent, to: "agent.c")
      let library = project.folder + "/agent.so"
      let built = try await Command(
        "/bin/sh", ["-c", "${CC:-cc} -shared -fPIC -o \"$0\" \"$1\"", library, project.folder + "/agent.c"],
        inheritsAll: true
      ).run()
      try #require(built.status == 0, "\(built.error)")
      var project = project
      project.environment["LD_PRELOAD"] = library
      let list = try await project.run("list")
      #expect(list.status == 0 && list.output.contains("reports.total"), "\(list.output)")
      let wrong = try await project.run("run", "totl")
      #expect(
        wrong.status == 64 && wrong.error.hasPrefix("error: no report is named \"totl\""), "\(wrong.error)")
    }
  }

  @Test(
    "a command without a command is wrong usage, with the help on standard error",
    arguments: [[], ["sandbox"], ["superset"]])
  func noCommand(arguments: [String]) async throws {
    let environment = ["COLUMNS": "100"]
    let outcome = try await Reportgen.run(arguments, environment: environment)
    let help = try await Reportgen.run(arguments + ["--help"], environment: environment)
    #expect(outcome.status == 64 && outcome.output == "")
    #expect(help.status == 0 && help.error == "")
    #expect(outcome.error == help.output + "error: no command is given\n")
  }

  @Test("an argument that is not UTF-8 is wrong usage and reaches nothing")
  func encoding() async throws {
    let result = try await Command(
      "/bin/sh",
      ["-c", "\"$0\" run total --param \"$(printf 'region=\\377\\033[31m')\"", Reportgen.executable]
    ).run()
    #expect(result.status == 64 && result.output == "")
    #expect(
      result.error == """
        error: argument 4 is not UTF-8: "region=\u{FFFD}\\x1b[31m"
          hint: Use a terminal, a script or a locale that writes UTF-8.

        """)
  }

  @Test("control characters of an argument are shown as escapes")
  func escapes() async throws {
    let outcome = try await Reportgen.run(["list", "--colour\u{1B}[31m\u{202E}\u{9B}1m"])
    #expect(outcome.status == 64)
    #expect(
      outcome.error.hasPrefix("error: Unknown option '--colour\\x1b[31m\\u202e\\u009b1m'\n"),
      "\(outcome.error)")
  }

  @Test(
    "a current directory that was removed ends every command 65",
    arguments: ["list", "lint", "run --all", "status", "sandbox up"])
  func removedDirectory(command: String) async throws {
    try await temporaryDirectory { folder in
      let script = "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" \(command)"
      let result = try await Command("/bin/sh", ["-c", script, Reportgen.executable], directory: folder).run()
      #expect(result.status == 65)
      #expect(
        result.error == """
          error: could not find the current directory: no such file or directory
            hint: It was removed, or moved out of sight. Change to a folder that exists.

          """)
    }
  }

  @Test("help needs no current directory")
  func helpAnywhere() async throws {
    try await temporaryDirectory { folder in
      let script = "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" --help"
      let result = try await Command("/bin/sh", ["-c", script, Reportgen.executable], directory: folder).run()
      #expect(result.status == 0 && result.error == "")
    }
  }
}
