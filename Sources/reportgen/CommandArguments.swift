import ArgumentParser
import ProcessRunner
import ReportModel

/// What the command was given: texts, and a command among them.
enum CommandArguments {
  /// The arguments without the program's name.
  ///
  /// - Throws: `RunError` 64 for one that is not UTF-8: repaired, it would name another file or be another value.
  static func read() throws(RunError) -> [String] {
    var texts: [String] = []
    for (index, bytes) in ProgramArguments.bytes.enumerated() {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw RunError(
          .usage,
          Diagnostic(
            "argument \(index + 1) is not UTF-8: \"\(String(decoding: bytes, as: UTF8.self))\"",
            hint: "Use a terminal, a script or a locale that writes UTF-8."))
      }
      texts.append(text)
    }
    return texts
  }

  /// A command that only has commands of its own was called without one: a scheduler must not take that for success.
  ///
  /// - Throws: `ExitCode` 64, after the help has been written to standard error.
  static func refuseMissingCommand(_ command: any ParsableCommand.Type) throws {
    Console.say(Reportgen.helpMessage(for: command) + "\n")
    Console.report([Diagnostic("no command is given")])
    throw ExitCode(ExitStatus.usage.rawValue)
  }
}
