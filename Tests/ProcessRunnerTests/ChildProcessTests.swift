import Foundation
import ProcessRunner
import ReportModel
import TestSupport
import Testing

@Suite struct ChildProcessTests {
  @Test("a program inherits no descriptor, no terminal's session and no PG variable")
  func inheritance() async throws {
    let leak = open("/dev/null", O_RDONLY)
    defer { close(leak) }
    setenv("PGHOST", "elsewhere", 1)
    defer { unsetenv("PGHOST") }
    let result = try await Command("/bin/ls", ["/proc/self/fd"]).run()
    // The fourth is the folder that ls itself reads.
    #expect(result.output == "0\n1\n2\n3\n")
    let status = try await Command("/bin/cat", ["/proc/self/stat"]).run().output.split(separator: " ")
    #expect(status[0] == status[5], "a session leader")
    let environment = try await Command("/usr/bin/env", [], environment: ["PGOPTIONS": "-c jit=off"]).run()
      .output
    #expect(!environment.contains("PGHOST"))
    #expect(environment.contains("PGOPTIONS=-c jit=off"))
  }

  @Test("status and both outputs come back, and a text with shell signs is only a text")
  func result() async throws {
    let text = "$(id) `id` \"; exit 3 #"
    let result = try await Command("/bin/sh", ["-c", "printf %s \"$1\"; echo e >&2; exit 7", "sh", text])
      .run()
    #expect(result.status == 7 && result.output == text && result.error == "e\n")
    #expect(try Command("/bin/sh", ["-c", "kill -9 $$"]).runBlocking().status == 137)
  }

  @Test("a program that does not exist is named")
  func missing() async throws {
    let error = Diagnostic("could not start \"/nowhere/psql\": no such file or directory")
    await #expect(throws: error) { _ = try await Command("/nowhere/psql", []).run() }
  }

  @Test("the keeper ends a process that uses its folder, and removes the folder, once nobody holds its pipe")
  func keeper() async throws {
    let folder = try TestFolder()
    let file = folder.path + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    let nothing = open("/dev/null", O_WRONLY)
    defer { close(nothing) }
    // Started after the pipe was made: had it inherited our end, the keeper would never wake up.
    let user = try ChildProcess(Command("/usr/bin/tail", ["-f", file]), output: nothing, error: nothing)
    #expect(user.exitStatus == nil)
    folder.release()
    #expect(await user.waitForExit() == 128 + SIGTERM)
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }
}
