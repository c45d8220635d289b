import Foundation
import Glibc

/// One definition with all that belongs to it; each file is made at random, or whole.
struct FuzzCase {
  /// By path in the project.
  var files: [String: [UInt8]] = [:]
}

/// What a run of the command took.
struct FuzzResult {
  /// As a shell reports it: 128 + N after signal N.
  var status: Int32
  /// Of processor time: the machine may do other things.
  var seconds: Double
  var megabytes: Int
  /// Both streams.
  var output: [UInt8]
}

/// A project of several cases, on which the command runs as a process of its own.
struct FuzzProject {
  /// Of processor time; a command that hangs is killed.
  private static let limitSeconds = 60

  let folder: String
  let executable: String

  func run(_ cases: [FuzzCase], _ arguments: [String]) throws -> FuzzResult {
    let files = FileManager.default
    try? files.removeItem(atPath: folder)
    try files.createDirectory(atPath: folder + "/reports/dashboards", withIntermediateDirectories: true)
    try files.createDirectory(atPath: folder + "/locales", withIntermediateDirectories: true)
    try Data("timezone: UTC\nlocale: ru\n".utf8).write(to: URL(filePath: folder + "/reportgen.yaml"))
    for (path, bytes) in cases.flatMap(\.files) {
      try Data(bytes).write(to: URL(filePath: folder + "/" + path))
    }
    let result = try measure(arguments + ["--project", folder])
    return result
  }

  private func measure(_ arguments: [String]) throws -> FuzzResult {
    let output = folder + ".output"
    // One that waits for ever uses no processor.
    let script = "ulimit -t \(Self.limitSeconds); exec timeout -s KILL 300 \"$0\" \"$@\" > '\(output)' 2>&1"
    let words = ["sh", "-c", script, executable] + arguments
    var pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process: pid_t = 0
    guard posix_spawn(&process, "/bin/sh", nil, nil, &pointers, environ) == 0 else {
      throw POSIXError(.ECHILD)
    }
    var (status, usage) = (Int32(0), rusage())
    while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    let signal = status & 0x7F
    return FuzzResult(
      status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
      seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), megabytes: Int(usage.ru_maxrss) / 1024,
      output: Array((try? Data(contentsOf: URL(filePath: output))) ?? Data()))
  }
}
