import ArgumentParser
import ReportModel

/// Words in the place of a command that are none.
enum CommandNames {
  /// - Parameter arguments: without the program's name.
  /// - Throws: `RunError` 64 with the command of the most alike name.
  static func check(_ arguments: [String]) throws(RunError) {
    var command: any ParsableCommand.Type = Reportgen.self
    for word in arguments {
      let commands = command.configuration.subcommands
      guard !commands.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
      guard let next = commands.first(where: { $0._commandName == word }) else {
        throw RunError(
          .usage,
          Diagnostic(
            "unrecognized command \"\(word)\"",
            hint: Suggestion.hint(for: word, among: commands.map { $0._commandName })
              ?? "\"reportgen --help\" shows every command."))
      }
      command = next
    }
  }
}
