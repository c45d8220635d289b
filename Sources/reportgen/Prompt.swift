import Glibc
import ReportModel

/// Questions on a terminal, for options that were not given.
struct Prompt {
  /// Somebody reads the questions and answers them.
  static var isPossible: Bool { isatty(0) == 1 && isatty(2) == 1 }

  /// - Parameter fallback: the answer of an empty line; nil repeats the question.
  /// - Throws: `RunError` 64 at the end of the input.
  static func ask(_ question: String, fallback: String? = nil) throws(RunError) -> String {
    while true {
      let shown = fallback.map { $0.isEmpty ? "" : " [\($0)]" } ?? ""
      Console.ask("\(question)\(shown): ")
      guard let line = readLine() else {
        throw RunError(.usage, Diagnostic("the input ended before every question was answered"))
      }
      let answer = line.drop { $0.isWhitespace }
      if !answer.isEmpty { return String(answer) }
      if let fallback { return fallback }
    }
  }
}
