import Foundation
import Sandbox
import Synchronization
import TestSupport
import Testing

/// The built command, run as its users run it: a process with arguments, an exit code and two streams.
enum Reportgen {
  /// What a run of the command left behind.
  struct Outcome: Sendable {
    /// As a shell tells it: 128 + N after signal N.
    var status: Int32
    var output: String
    /// Without the lines of progress, which a terminal wipes away.
    var error: String
    /// All of standard error.
    var log: String
  }

  /// SwiftPM puts it beside the test bundle.
  static let executable: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: tests).deletingLastPathComponent().appending(path: "reportgen").path
  }()

  static func run(
    _ arguments: [String], environment: [String: String] = [:], directory: String = "/"
  ) async throws -> Outcome {
    try await Running(arguments, environment: environment, directory: directory).outcome()
  }
}

/// A command that was started and may be sent signals.
final class Running: Sendable {
  /// Longer than all that a command itself waits for in these tests; only one that hangs takes so long.
  static let patience = Duration.seconds(180)

  private let child: ChildProcess
  private let output: FileHandle
  private let error: FileHandle

  /// - Parameter terminal: standard error; a file otherwise.
  init(
    _ arguments: [String], executable: String = Reportgen.executable, environment: [String: String] = [:],
    directory: String = "/", terminal: PseudoTerminal? = nil
  ) throws {
    output = try Self.unnamedFile()
    error = try Self.unnamedFile()
    let command = Command(executable, arguments, environment: environment, directory: directory)
    child = try ChildProcess(
      command, output: output.fileDescriptor, error: terminal?.descriptor ?? error.fileDescriptor)
  }

  var processID: Int32 { child.processID }
  var hasEnded: Bool { child.exitStatus != nil }
  func signal(_ number: Int32) { child.signal(number) }

  /// Waits for the end. A command that goes on for too long is killed, and the test fails.
  func outcome(_ sourceLocation: SourceLocation = #_sourceLocation) async throws -> Reportgen.Outcome {
    let guardian = Task { [child] in
      try await Task.sleep(for: Self.patience)
      Issue.record("the command did not end within \(Self.patience)", sourceLocation: sourceLocation)
      child.signal(SIGKILL)
    }
    let status = await child.waitForExit()
    guardian.cancel()
    let log = try text(error)
    return Reportgen.Outcome(
      status: status, output: try text(output), error: withoutProgress(log), log: log)
  }

  /// What it has said on standard error so far.
  func errorSoFar() throws -> String { try text(error) }

  /// Waits until standard error has these words; a command that ends without them fails the test.
  func waitForError(_ words: String, _ sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await waitFor("\"\(words)\" on standard error", sourceLocation: sourceLocation) {
      let (ended, error) = (hasEnded, try errorSoFar())
      if error.contains(words) { return true }
      try #require(!ended, "\(error)", sourceLocation: sourceLocation)
      return false
    }
  }

  private func text(_ file: FileHandle) throws -> String {
    try file.seek(toOffset: 0)
    return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
  }

  private static func unnamedFile() throws -> FileHandle {
    var path = Array("/tmp/reportgen-command-XXXXXX".utf8CString)
    let descriptor = mkstemp(&path)
    try #require(descriptor >= 0)
    unlink(path)
    // The child appends: our reading moves the offset that both share.
    _ = fcntl(descriptor, F_SETFL, O_APPEND)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}
