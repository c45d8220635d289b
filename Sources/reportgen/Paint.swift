import ArgumentParser
import Glibc

/// Colours of what people read on a terminal.
enum Paint: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  /// Whether to colour what goes to a descriptor: `--color`, or else a terminal and no `NO_COLOR`, as no-color.org has it.
  ///
  /// - Parameter arguments: of the command, which need not be parsed yet: its errors are coloured, too.
  static func isOn(_ arguments: [String], descriptor: Int32) -> Bool {
    switch option(arguments) {
    case .always: return true
    case .never: return false
    case .auto:
      return isatty(descriptor) == 1 && variable("NO_COLOR").isEmpty
        && !["", "dumb"].contains(variable("TERM"))
    }
  }

  private static func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }

  private static func option(_ arguments: [String]) -> Paint {
    for (index, argument) in arguments.enumerated().reversed() {
      if argument == "--color", index + 1 < arguments.count,
        let choice = Paint(rawValue: arguments[index + 1])
      {
        return choice
      }
      if argument.hasPrefix("--color="), let choice = Paint(rawValue: String(argument.dropFirst(8))) {
        return choice
      }
    }
    return .auto
  }

  /// The first `error: ` in red or `warning: ` in yellow, and the words `detail:` and `hint:` of the lines below in bold.
  ///
  /// - Parameter text: without control characters but line feeds.
  static func diagnostic(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for index in lines.indices {
      for (word, code) in [("error: ", "1;31"), ("warning: ", "1;33")] {
        // A place in a file stands before it.
        guard let range = lines[index].firstRange(of: word),
          range.lowerBound == lines[index].startIndex || lines[index][..<range.lowerBound].hasSuffix(": ")
        else { continue }
        lines[index].replaceSubrange(range, with: "\u{1B}[\(code)m\(word.dropLast(2)):\u{1B}[0m ")
        break
      }
      for word in ["  detail: ", "  hint: "] where lines[index].hasPrefix(word) {
        lines[index] =
          "  \u{1B}[1m\(word.dropFirst(2).dropLast())\u{1B}[0m " + lines[index].dropFirst(word.count)
      }
    }
    return lines.joined(separator: "\n")
  }
}
