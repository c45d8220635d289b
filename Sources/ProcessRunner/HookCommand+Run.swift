import ReportModel

extension HookCommand {
  /// The command as a process: a shell searches PATH and reports what is wrong with the program.
  ///
  /// - Parameters:
  ///   - name: The key in reportgen.yaml, for the shell's messages.
  ///   - directory: Where it starts.
  ///   - environment: Added to our own.
  package func process(
    named name: String, in directory: String, environment: [String: String] = [:]
  ) -> Command {
    let arguments =
      switch self {
      case .shell(let line): ["-c", line]
      case .program(let words): ["-c", "exec \"$@\"", name] + words
      }
    return Command(
      "/bin/sh", arguments, environment: environment, directory: directory, inheritsAll: true)
  }

  /// Runs the command for what it prints.
  ///
  /// - Parameter name: The key in reportgen.yaml, for messages.
  /// - Returns: standard output, or nil and the reason why the command failed.
  package func output(named name: String, in directory: String, within limit: Duration) async -> (
    output: String?, failure: String
  ) {
    do {
      guard let result = try await process(named: name, in: directory).run(within: limit) else {
        return (nil, "the command of \(name) did not end within \(limit.components.seconds) s")
      }
      guard result.status == 0 else {
        let last = result.error.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
        return (nil, "the command of \(name) ended with exit code \(result.status)\(last)")
      }
      return (result.output, "")
    } catch {
      return (nil, (error as? Diagnostic)?.message ?? "\(error)")
    }
  }
}
