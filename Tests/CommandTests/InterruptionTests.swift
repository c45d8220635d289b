import Foundation
import ProcessRunner
import TestSupport
import Testing

@Suite("Interruptions")
struct InterruptionTests {
  @Test(
    "Ctrl-C, SIGTERM and SIGHUP end a run with 130, cancel its statements, and leave nothing half-done")
  func interrupt() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      for (number, step) in RunStep.allCases.enumerated() {
        try await expectInterruption(project, step, signal: [SIGINT, SIGTERM, SIGHUP][number % 3])
      }
    }
    try await pair.stop()
  }

  @Test(
    "a signal ends also a command that has nothing to cancel with 130", arguments: [SIGINT, SIGTERM, SIGHUP])
  func atOnce(_ signal: Int32) async throws {
    try await withDefinitions { project in
      let gone = project.folder + "/pipe"
      #expect(mkfifo(gone, 0o600) == 0)
      // The result fits in no pipe that nobody reads, so the command is there until the signal comes.
      for number in 0..<200 {
        try project.report(
          "broken-\(number)", sql: "select '\(String(repeating: "x", count: 900))' oops oops", "title: x")
      }
      let reader = open(gone, O_RDONLY | O_NONBLOCK)
      defer { close(reader) }
      let writer = open(gone, O_WRONLY | O_NONBLOCK)
      _ = fcntl(writer, F_SETFL, 0)
      let command = Command(
        Reportgen.executable, ["lint", "--format", "json", "--project", project.folder])
      let error = try FileHandle(forWritingTo: URL(filePath: "/dev/null"))
      let child = try ChildProcess(command, output: writer, error: error.fileDescriptor)
      close(writer)
      try await waitFor("a full pipe") { bytesWaiting(in: reader) >= 60_000 }
      child.signal(signal)
      #expect(await child.waitForExit() == 130)
    }
  }

  @Test("from its first instruction on a signal ends a command with 130")
  func early() async throws {
    try await withDefinitions { project in
      for (number, signal) in [SIGINT, SIGTERM, SIGHUP, SIGTERM, SIGHUP, SIGTERM].enumerated() {
        let run = try project.start([["run", "total"], ["list"], ["lint"]][number % 3])
        try await waitFor("its first instruction") { run.catches(signal) || run.hasEnded }
        run.signal(signal)
        let outcome = try await run.outcome()
        // One that was done before the signal came has ended by itself: there is no server.
        #expect([130, 0, 69].contains(outcome.status), "\(signal): \(outcome.error)")
        if outcome.error == "error: interrupted\n" { #expect(outcome.status == 130) }
      }
    }
  }

  @Test("a signal that was ignored from the beginning stays ignored, as nohup asks")
  func ignored() async throws {
    try await withDefinitions { project in
      for number in 0..<60 { try project.report("r\(number)", sql: Samples.totalSQL, Samples.totalYAML) }
      let result = try await Command(
        "/bin/sh",
        [
          "-c", "trap '' HUP; \"$0\" lint --project \"$1\" & sleep 0.05; kill -HUP $!; wait $!",
          Reportgen.executable, project.folder,
        ]
      ).run()
      #expect(result.status == 65, "\(result.error)")
    }
  }

  @Test("a sandbox that is interrupted while it is created leaves nothing behind")
  func sandbox() async throws {
    try await withDefinitions { project in
      try project.write("timezone: UTC\n", to: "reportgen.yaml")
      let run = try project.start(["sandbox", "up"])
      try await run.waitForError("creating the primary")
      run.signal(SIGTERM)
      let outcome = try await run.outcome()
      #expect(outcome.status == 130, "\(outcome.error)")
      #expect(outcome.error == "creating the primary\nerror: interrupted\n")
      let status = try await project.run("sandbox", "status")
      #expect(status.status == 69 && status.output.contains("primary  absent"), "\(status.output)")
    }
  }

  @Test("SIGKILL at any step loses nothing, doubles nothing, and the next run leaves nothing behind")
  func kill() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      for step in RunStep.allCases { try await expectSurvivedKill(project, step) }
    }
    try await pair.stop()
  }

  @Test("a second Ctrl-C ends a command whose server does not answer any more")
  func twice() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      let stopped = try await RunStep.read.reach(project)
      pair.pause(.replica)
      pair.pause(.primary)
      stopped.run.signal(SIGINT)
      // The first one is being heeded when the second comes: it asks the servers, which are silent.
      try await stopped.run.waitForError("again")
      stopped.run.signal(SIGINT)
      let outcome = try await stopped.run.outcome()
      #expect(outcome.status == 130)
      // Without the second one, the command would give the servers up after a while and say that it was interrupted.
      #expect(outcome.error == "waiting for the servers to cancel; interrupt again to end at once\n")
      pair.resume(.primary)
      pair.resume(.replica)
      await stopped.release()
    }
    try await pair.stop()
  }
}

private func expectInterruption(_ project: CommandProject, _ step: RunStep, signal: Int32) async throws {
  try step.touch(project)
  let before = try project.state()
  let stopped = try await step.reach(project)
  stopped.run.signal(signal)
  let outcome = try await stopped.run.outcome()
  let active = try project.activeStatements()
  await stopped.release()
  #expect(outcome.status == 130, "\(step): \(outcome.error)")
  #expect(active == [], "\(step): its statements are cancelled when it ends")
  try await project.expectNothingLeft("\(step)")
  try expectGolden(project.normalized(outcome.error), "faults/interrupted-\(step.rawValue).txt")
  if !step.isPublished { #expect(try project.state().changes(since: before) == [], "\(step)") }
  try await project.database.waitForReplay()
  try await project.expectDone(step)
}

private func expectSurvivedKill(_ project: CommandProject, _ step: RunStep) async throws {
  try step.touch(project)
  let stopped = try await step.reach(project)
  stopped.run.signal(SIGKILL)
  #expect(try await stopped.run.outcome().status == 137, "\(step)")
  #expect(
    try project.onPrimary("select count(*) from reportgen.report_history where state = 'running'") < "2")
  await stopped.release()
  try await project.expectDone(step)
}

extension CommandProject {
  /// What the command's sessions run right now, on both servers.
  func activeStatements() throws -> [String] {
    let sql = """
      select query from pg_stat_activity where datname = current_database() and application_name = 'reportgen'
        and state <> 'idle' and wait_event is distinct from 'ClientRead'
      """
    return try [onPrimary(sql), onReplica(sql)].filter { !$0.isEmpty }
  }
}

/// How many bytes nobody has read yet.
private func bytesWaiting(in descriptor: Int32) -> Int {
  var count: Int32 = 0
  return ioctl(descriptor, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
}

extension Running {
  /// Whether the process has a handler of its own for the signal, by the kernel.
  fileprivate func catches(_ signal: Int32) -> Bool {
    let status = (try? String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8)) ?? ""
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigCgt:") }),
      let mask = line.split(separator: "\t").last.flatMap({ UInt64($0, radix: 16) })
    else { return false }
    return mask & (1 << UInt64(signal - 1)) != 0
  }
}
