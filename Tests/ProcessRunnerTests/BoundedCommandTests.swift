import Glibc
import ProcessRunner
import ReportModel
import Testing

@Suite struct BoundedCommandTests {
  private func shell(_ line: String) -> Command { Command("/bin/sh", ["-c", line]) }

  @Test("the program reads the input, and both streams come back in the order of their writes")
  func input() async throws {
    let result = try await shell("cat; echo e >&2; echo o; exit 3").run(input: "in\n", within: .seconds(30))
    #expect(result.output == "in\ne\no\n")
    #expect(result.status == 3 && !result.isTimedOut)
  }

  @Test("a program that does not read a long input ends all the same")
  func unread() async throws {
    let input = String(repeating: "x", count: 1 << 20)
    let result = try await shell("exec <&-; echo done").run(input: input, within: .seconds(30))
    #expect(result.output == "done\n" && result.status == 0)
  }

  @Test("when the time is over, the program is ended with everything that it started")
  func timeout() async throws {
    let result = try await shell("sleep 1000 & sleep 1000").run(input: "", within: .milliseconds(100))
    #expect(result.isTimedOut && result.status == 128 + 15)
    #expect(try await shell("sleep 1000").run(within: .milliseconds(100)) == nil)
  }

  @Test(
    "what a program leaves running in its session ends with it, in whichever process group",
    arguments: ["", "; sleep 1000"])
  func session(end: String) async throws {
    // With job control each job has a process group of its own.
    let line = "set -m; sleep 1000 & echo $!; (trap '' TERM HUP; sleep 1000) & echo $!" + end
    let result = try await shell(line).run(input: "", within: end.isEmpty ? .seconds(60) : .seconds(1))
    #expect(result.isTimedOut == !end.isEmpty)
    let left = result.output.split(separator: "\n").compactMap { pid_t($0) }
    #expect(left.count == 2)
    #expect(left.filter(ProcessList.isAlive) == [])
  }

  @Test("a program that ignores SIGTERM is killed")
  func stubborn() async throws {
    let line = "trap '' TERM; while :; do sleep 0.1; done"
    let result = try await shell(line).run(input: "", within: .milliseconds(100))
    #expect(result.isTimedOut && result.status == 128 + 9)
  }

  @Test("a cancelled task kills the program")
  func cancelled() async throws {
    let task = Task { try await shell("sleep 1000").run(input: "", within: .seconds(600)) }
    task.cancel()
    let result = try await task.value
    #expect(result.status == 128 + 9 && !result.isTimedOut)
  }

  @Test("of a long output the last 64 KiB are kept; without an input all of it")
  func longOutput() async throws {
    let line = "head -c 100000 /dev/zero | tr '\\0' x; echo end"
    let result = try await shell(line).run(input: "", within: .seconds(30))
    #expect(result.output.utf8.count == 65_536 && result.output.hasSuffix("xend\n"))
    let whole = try #require(try await shell(line).run(within: .seconds(30)))
    #expect(whole.output.utf8.count == 100_004)
  }
}

@Suite struct HookCommandTests {
  private func output(_ command: HookCommand, _ limit: Duration = .seconds(30)) async -> String {
    let result = await command.output(named: "backup.info", in: "/usr", within: limit)
    return result.output ?? "failed: \(result.failure)"
  }

  @Test("a shell line and a list of words run in the folder")
  func runs() async {
    #expect(await output(.shell("pwd; echo \"$0\"")) == "/usr\n/bin/sh\n")
    #expect(await output(.program(["printf", "<%s>", "a  b", "", "$HOME"])) == "<a  b><><$HOME>")
  }

  @Test("a failure is told with the last line of standard error")
  func fails() async {
    #expect(
      await output(.shell("echo first >&2; echo last >&2; exit 4"))
        == "failed: the command of backup.info ended with exit code 4: last")
    #expect(await output(.shell("exit 5")) == "failed: the command of backup.info ended with exit code 5")
    #expect(
      await output(.program(["no-such-program"]))
        == "failed: the command of backup.info ended with exit code 127: backup.info: 1: exec: "
        + "no-such-program: not found")
  }

  @Test("a command that hangs is ended")
  func hangs() async {
    #expect(
      await output(.shell("sleep 1000"), .seconds(1))
        == "failed: the command of backup.info did not end within 1 s")
  }
}
