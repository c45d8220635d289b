import Foundation
import ProcessRunner
import Testing

/// The built command, and the programs that pack it.
enum Built {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// SwiftPM puts it beside the test bundle.
  static let command: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: tests).deletingLastPathComponent().appending(path: "reportgen").path
  }()

  /// Whether all programs are installed, or have to be.
  static func has(_ programs: String...) -> Bool {
    ProcessInfo.processInfo.environment["CI"] == "true"
      || programs.allSatisfy { program in
        ["/usr/bin/", "/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + program) }
      }
  }

  /// Runs a program of PATH, or a script of the project, in the project's folder.
  static func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:]
  ) async throws -> Command.Result {
    try await Command(
      "/usr/bin/env", [program] + arguments, environment: environment, directory: root
    ).run()
  }

  /// What a program prints that has to end with 0.
  @discardableResult
  static func output(
    of program: String, _ arguments: [String], environment: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let result = try await run(program, arguments, environment: environment)
    try #require(
      result.status == 0, "\(program): \(result.output)\(result.error)", sourceLocation: sourceLocation)
    return result.output
  }

  static func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  static func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}
